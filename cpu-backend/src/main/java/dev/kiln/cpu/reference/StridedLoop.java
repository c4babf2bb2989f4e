package dev.kiln.cpu.reference;

import dev.kiln.tensor.Shape;

/**
 * A loop over the elements of a shape in row-major order, and where each element lies in operands
 * with strides of their own: 0 along axes they are repeated over. Axes that all operands cross
 * evenly are merged, so that equal shapes make a single long row.
 */
final class StridedLoop {

  private final long[] dims;
  private final long[][] strides;
  private final int axes;
  private final long rows;

  /**
   * Creates a loop.
   *
   * @param shape the elements looped over
   * @param operandStrides for each operand one stride for each axis of the shape
   */
  StridedLoop(Shape shape, long[]... operandStrides) {
    dims = new long[shape.rank() + 1];
    strides = new long[operandStrides.length][shape.rank() + 1];
    dims[0] = 1;
    int last = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      int dim = shape.dim(axis);
      if (dim == 1) {
        continue;
      }
      if (!continues(last, dim, axis, operandStrides)) {
        dims[++last] = 1;
      }
      dims[last] *= dim;
      for (int operand = 0; operand < strides.length; operand++) {
        strides[operand][last] = operandStrides[operand][axis];
      }
    }
    axes = last + 1;
    rows = shape.elements() / dims[last];
  }

  /** Whether a step along the last merged axis equals a walk along the whole of the next one. */
  private boolean continues(int last, int dim, int axis, long[][] operandStrides) {
    boolean even = true;
    for (int operand = 0; operand < strides.length; operand++) {
      even &= strides[operand][last] == dim * operandStrides[operand][axis];
    }
    return even || dims[last] == 1; // 1: nothing was merged yet
  }

  /** Returns the strides with which an operand is repeated to a shape. */
  static long[] broadcast(Shape operand, Shape shape) {
    long[] own = operand.strides();
    long[] strides = new long[shape.rank()];
    int added = shape.rank() - operand.rank();
    for (int axis = 0; axis < operand.rank(); axis++) {
      strides[added + axis] = operand.dim(axis) == 1 ? 0 : own[axis];
    }
    return strides;
  }

  /** Returns the number of rows. */
  long rows() {
    return rows;
  }

  /** Returns the elements of one row. */
  long length() {
    return dims[axes - 1];
  }

  /** Returns the position in an operand of the first element of a row. */
  long start(int operand, long row) {
    long position = 0;
    long rest = row;
    for (int axis = axes - 2; axis >= 0; axis--) {
      position += rest % dims[axis] * strides[operand][axis];
      rest /= dims[axis];
    }
    return position;
  }

  /** Returns the distance in an operand between neighbours in a row. */
  long step(int operand) {
    return strides[operand][axes - 1];
  }
}
