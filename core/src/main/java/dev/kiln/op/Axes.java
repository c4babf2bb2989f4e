package dev.kiln.op;

import java.util.List;

/** Checks of axis arguments, shared by the operations that take some. */
final class Axes {

  private Axes() {}

  /** Requires that an axis lies inside the first operand. */
  static void checkInside(Operands in, int axis) {
    in.require(
        axis >= 0 && axis < in.shape(0).rank(),
        "the axis must be in [0, %d), not %d".formatted(in.shape(0).rank(), axis));
  }

  /** Requires that axes lie inside the first operand and that none comes twice. */
  static void checkDistinct(Operands in, List<Integer> axes) {
    axes.forEach(axis -> checkInside(in, axis));
    in.require(axes.stream().distinct().count() == axes.size(), "no axis may come twice");
  }
}
