package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.cpu.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rows of numbers in memory, of which a loop reads and writes some columns.
 *
 * @param memory where the first row begins
 * @param stride the elements from row to row
 * @param column the first element of each row that is used
 */
record RowBlock(MemorySegment memory, int stride, int column) {

  /** Returns rows of which all columns are used. */
  static RowBlock of(Buffer buffer, int width) {
    return new RowBlock(HostBuffer.of(buffer).segment(), width, 0);
  }

  /** Returns rows of which the columns of one direction are used. */
  static RowBlock of(Buffer buffer, int width, int column) {
    return new RowBlock(HostBuffer.of(buffer).segment(), width, column);
  }

  /** Copies the first elements of a row into an array, as many as it has. */
  void read(int row, float[] into) {
    MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, offset(row), into, 0, into.length);
  }

  /** Copies an array into a row. */
  void write(int row, float[] from) {
    MemorySegment.copy(from, 0, memory, ValueLayout.JAVA_FLOAT, offset(row), from.length);
  }

  private long offset(int row) {
    return ((long) row * stride + column) * Float.BYTES;
  }
}
