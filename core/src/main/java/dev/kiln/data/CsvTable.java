package dev.kiln.data;

import java.util.List;

/**
 * A table of numbers.
 *
 * @param source where it was read from, for messages
 * @param columns the column names; {@code "1"}, {@code "2"}, ... when the file has none
 * @param lines the line of the file each row starts on, counted from 1
 * @param values the numbers, row by row; NaN where a cell was empty and that was allowed
 */
public record CsvTable(String source, List<String> columns, List<Integer> lines, double[] values) {

  /** Returns the number of rows. */
  public int rows() {
    return lines.size();
  }

  /** Returns one number. */
  public double get(int row, int column) {
    return values[row * columns.size() + column];
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
