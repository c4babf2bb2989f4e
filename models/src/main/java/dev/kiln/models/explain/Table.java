package dev.kiln.models.explain;

import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Numbers to show: a scalar, a row, or a matrix.
 *
 * @param name what they are
 * @param values the numbers, with at most two dimensions
 * @param decimals how many digits are shown after the point
 */
public record Table(String name, Tensor values, int decimals) {

  /** Returns the numbers as lines of text, columns aligned. */
  public List<String> lines() {
    int columns = values.shape().rank() == 0 ? 1 : values.shape().dim(-1);
    String[] cells = new String[Math.toIntExact(values.elements())];
    int width = 0;
    for (int i = 0; i < cells.length; i++) {
      cells[i] = String.format(Locale.ROOT, "%." + decimals + "f", values.get(i));
      width = Math.max(width, cells[i].length());
    }
    List<String> lines = new ArrayList<>();
    for (int start = 0; start < cells.length; start += columns) {
      StringBuilder line = new StringBuilder();
      for (int i = start; i < start + columns; i++) {
        line.append(i == start ? "" : "  ").append(" ".repeat(width - cells[i].length()));
        line.append(cells[i]);
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
