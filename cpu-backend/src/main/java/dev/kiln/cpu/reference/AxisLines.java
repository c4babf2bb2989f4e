package dev.kiln.cpu.reference;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;

/**
 * The lines of a tensor along one axis.
 *
 * @param count how many lines there are
 * @param length the elements of each
 * @param step the distance between neighbours in a line
 */
record AxisLines(long count, int length, long step) {

  /** Returns the lines along an axis of a shape. */
  static AxisLines of(Shape shape, int axis) {
    int length = shape.dim(axis);
    return new AxisLines(shape.elements() / length, length, shape.elements(axis + 1, shape.rank()));
  }

  /** Returns the position of the first element of a line. */
  long start(long line) {
    return line / step * length * step + line % step;
  }

  /** Returns the largest element of the line that begins at {@code start}. */
  double largest(Tensor x, long start) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, x.get(start + i * step));
    }
    return largest;
  }

  /**
   * Returns {@code sum(e^(x - largest))} over the line that begins at {@code start}: at least 1,
   * and never an overflow.
   */
  double sumOfExponentials(Tensor x, long start, double largest) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.exp(x.get(start + i * step) - largest);
    }
    return sum;
  }
}
