package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** A table of numbers with named columns. */
public final class CsvTable {

  private final String source;
  private final List<String> columns;
  private final List<Integer> lines;
  private final double[] values;

  CsvTable(String source, List<String> columns, List<Integer> lines, double[] values) {
    this.source = source;
    this.columns = List.copyOf(columns);
    this.lines = List.copyOf(lines);
    this.values = values;
  }

  /** Returns where the table was read from, for messages. */
  public String source() {
    return source;
  }

  /** Returns the column names; {@code "1"}, {@code "2"}, ... when the file has none. */
  public List<String> columns() {
    return columns;
  }

  /** Returns the number of rows, at least 1. */
  public int rows() {
    return lines.size();
  }

  /** Returns the line of the file that each row starts on, counted from 1. */
  public List<Integer> lines() {
    return lines;
  }

  /** Returns one number; NaN where the cell was empty and that was allowed. */
  public double get(int row, int column) {
    return values[row * columns.size() + column];
  }

  /** Returns all numbers, row by row, as a fresh array. */
  public double[] values() {
    return values.clone();
  }

  /**
   * Returns some columns as features, F32 [rows, columns], in the order in which they are named.
   *
   * @throws InvalidDataException if there is none of a name; the message lists those there are
   */
  public Tensor features(String... names) throws InvalidDataException {
    Tensor features = Tensor.allocate(TensorType.of(DType.F32, rows(), names.length));
    for (int i = 0; i < names.length; i++) {
      int column = column(names[i]);
      for (int row = 0; row < rows(); row++) {
        features.set((long) row * names.length + i, get(row, column));
      }
    }
    return features;
  }

  /**
   * Returns a column of whole numbers as labels, I64 [rows].
   *
   * @throws InvalidDataException if there is no such column, or one of its numbers is not whole;
   *     the message names the line
   */
  public Tensor labels(String name) throws InvalidDataException {
    int column = column(name);
    Tensor labels = Tensor.allocate(TensorType.of(DType.I64, rows()));
    for (int row = 0; row < rows(); row++) {
      double label = get(row, column);
      if (label != Math.rint(label)) {
        throw new InvalidDataException(
            source,
            "line %d: column %s has %s, which is no whole number and so no class"
                .formatted(lines.get(row), name, label));
      }
      labels.set(row, label);
    }
    return labels;
  }

  /**
   * Returns a column's position.
   *
   * @param name the column's name
   * @throws InvalidDataException if there is none of that name; the message lists those there are
   */
  public int column(String name) throws InvalidDataException {
    int column = columns.indexOf(name);
    if (column < 0) {
      throw new InvalidDataException(
          source, "has no column '" + name + "'; its columns are " + columns);
    }
    return column;
  }
}
