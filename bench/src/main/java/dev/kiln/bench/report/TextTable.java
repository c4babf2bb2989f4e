package dev.kiln.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A table that grows row by row: the first column is aligned to the left, the others right. */
public final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();

  /** Creates a table with a row of headings. */
  public TextTable(String... headings) {
    rows.add(List.of(headings));
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not one cell for each heading
   */
  public TextTable row(String... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          "a row of %d cells in a table of %d columns"
              .formatted(cells.length, rows.getFirst().size()));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Returns the table for a terminal, its columns as wide as they need to be. */
  public List<String> text() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String format = i == 0 ? "%-" + widths[i] + "s" : "  %" + widths[i] + "s";
      line.append(format.formatted(row.get(i)));
    }
    return line.toString().stripTrailing();
  }

  /** Returns the table in Markdown. */
  public List<String> markdown() {
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add("| " + String.join(" | ", row) + " |");
      if (lines.size() == 1) {
        lines.add("| --- |" + " ---: |".repeat(row.size() - 1));
      }
    }
    return lines;
  }
}
