package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.cpu.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * Rows of numbers in memory, of which a loop reads and writes some columns.
 *
 * @param memory where the first row begins
 * @param stride the elements from row to row
 * @param column the first element of each row that is used
 * @param width how many elements of each row are used
 */
record RowBlock(MemorySegment memory, int stride, int column, int width) {

  /** Returns rows of which all columns are used. */
  static RowBlock of(Buffer buffer, int width) {
    return of(buffer, width, 0, width);
  }

  /** Returns rows of which some columns are used. */
  static RowBlock of(Buffer buffer, int stride, int column, int width) {
    return new RowBlock(HostBuffer.of(buffer).segment(), stride, column, width);
  }

  /** Divides the columns into equal parts, such as gates. */
  RowBlock[] split(int parts) {
    int part = width / parts;
    return IntStream.range(0, parts)
        .mapToObj(i -> new RowBlock(memory, stride, column + i * part, part))
        .toArray(RowBlock[]::new);
  }

  /** Copies some rows, of which all columns are used, into an array. */
  void read(int row, int rows, float[] into) {
    MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, offset(row), into, 0, rows * width);
  }

  /** Copies an array into some rows, of which all columns are used. */
  void write(int row, int rows, float[] from) {
    MemorySegment.copy(from, 0, memory, ValueLayout.JAVA_FLOAT, offset(row), rows * width);
  }

  /** Copies one row into an array in which rows lie one behind the other. */
  void readRow(int row, float[] into, int at) {
    MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, offset(row), into, at * width, width);
  }

  /** Copies one row from an array in which rows lie one behind the other. */
  void writeRow(int row, float[] from, int at) {
    MemorySegment.copy(from, at * width, memory, ValueLayout.JAVA_FLOAT, offset(row), width);
  }

  /** Copies one row to one of another block of the same width. */
  void copyRow(int row, RowBlock to, int toRow) {
    MemorySegment.copy(memory, offset(row), to.memory, to.offset(toRow), bytes(1));
  }

  /** Sets the elements of a row. */
  void fillRow(int row, float value) {
    long start = offset(row);
    for (int i = 0; i < width; i++) {
      memory.set(ValueLayout.JAVA_FLOAT, start + (long) i * Float.BYTES, value);
    }
  }

  /** Sets whole rows to zero. */
  void clearRows(int row, int rows) {
    memory.asSlice(offset(row), bytes(rows)).fill((byte) 0);
  }

  private long bytes(int rows) {
    return (long) rows * width * Float.BYTES;
  }

  private long offset(int row) {
    return ((long) row * stride + column) * Float.BYTES;
  }
}
