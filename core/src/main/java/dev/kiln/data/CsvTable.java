package dev.kiln.data;

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
