package dev.kiln.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of a name and some cells, in columns as wide as their widest cell. */
final class TextTable {

  /**
   * A row.
   *
   * @param name its first cell
   * @param cells the others
   */
  private record Row(String name, List<String> cells) {}

  private final List<Row> rows = new ArrayList<>();

  /** Adds a row; without cells it separates others. */
  void row(String name, List<String> cells) {
    rows.add(new Row(name, List.copyOf(cells)));
  }

  /** Returns the table, every line ended. */
  String render() {
    List<Integer> widths = new ArrayList<>();
    int first = 0;
    for (Row row : rows) {
      first = Math.max(first, row.name.length());
      for (int i = 0; i < row.cells.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), row.cells.get(i).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (Row row : rows) {
      StringBuilder line = new StringBuilder(padded(row.name, first));
      for (int i = 0; i < row.cells.size(); i++) {
        line.append("  ").append(padded(row.cells.get(i), widths.get(i)));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String padded(String cell, int width) {
    return cell + " ".repeat(width - cell.length());
  }
}
