package dev.kiln.cpu.onednn;

import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Neighbouring axes, in the order of memory, that are treated alike and so count as one.
 *
 * @param size the product of their dimensions
 * @param marked whether the operation treats them, for example sums over them
 */
record AxisRun(int size, boolean marked) {

  /**
   * Joins the axes of a tensor into runs.
   *
   * @param order the axes as they lie in memory, the contiguous one last
   * @param marked which axes the operation treats
   */
  static List<AxisRun> of(Shape shape, int[] order, IntPredicate marked) {
    List<AxisRun> runs = new ArrayList<>();
    for (int axis : order) {
      int size = shape.dim(axis);
      boolean mark = marked.test(axis);
      if (size == 1) {
        continue;
      }
      if (!runs.isEmpty() && runs.getLast().marked == mark) {
        runs.set(runs.size() - 1, new AxisRun(runs.getLast().size * size, mark));
      } else {
        runs.add(new AxisRun(size, mark));
      }
    }
    return runs;
  }
}
