package dev.kiln.cuda;

import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A loop over the elements of a shape in row-major order, and where each lies in operands with
 * strides of their own: 0 along axes they are repeated over. It becomes the structure {@code Walk}
 * of the kernels. Axes that all operands cross evenly are merged, so that equal shapes make a
 * single axis.
 */
final class StridedWalk {

  /** As in common.cuh. */
  private static final int MOST_AXES = 8;

  private static final int MOST_OPERANDS = 2;

  private final long[] dims;
  private final long[][] strides;
  private int axes = 1;

  /**
   * Creates a loop.
   *
   * @param shape the elements looped over
   * @param operandStrides for each operand one stride for each axis of the shape
   */
  StridedWalk(Shape shape, long[]... operandStrides) {
    dims = new long[shape.rank() + 1];
    strides = new long[operandStrides.length][shape.rank() + 1];
    dims[0] = 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) > 1) {
        append(shape.dim(axis), axis, operandStrides);
      }
    }
    if (axes > MOST_AXES) {
      throw new IllegalArgumentException(
          "a loop over %s has %d axes that cannot be merged, and kernels know %d"
              .formatted(shape, axes, MOST_AXES));
    }
  }

  /**
   * Creates a loop over the elements of a tensor in the order in which they lie.
   *
   * @param operandStrides for each operand one stride for each axis of the tensor
   */
  static StridedWalk inMemoryOrder(TensorType tensor, long[]... operandStrides) {
    int[] order = ChannelsLast.memoryOrder(tensor);
    return new StridedWalk(
        Shape.of(Arrays.stream(order).map(tensor.shape()::dim).toArray()),
        Arrays.stream(operandStrides)
            .map(strides -> Arrays.stream(order).mapToLong(axis -> strides[axis]).toArray())
            .toArray(long[][]::new));
  }

  private void append(int dim, int axis, long[][] operandStrides) {
    boolean first = dims[axes - 1] == 1;
    boolean even = true;
    for (int operand = 0; operand < strides.length; operand++) {
      even &= strides[operand][axes - 1] == dim * operandStrides[operand][axis];
    }
    if (!first && !even) {
      dims[axes++] = 1;
    }
    dims[axes - 1] *= dim;
    for (int operand = 0; operand < strides.length; operand++) {
      strides[operand][axes - 1] = operandStrides[operand][axis];
    }
  }

  /** Returns the strides with which an operand is repeated to a shape. */
  static long[] broadcast(TensorType operand, Shape shape) {
    long[] own = ChannelsLast.strides(operand);
    long[] strides = new long[shape.rank()];
    int added = shape.rank() - own.length;
    for (int axis = 0; axis < own.length; axis++) {
      strides[added + axis] = operand.shape().dim(axis) == 1 ? 0 : own[axis];
    }
    return strides;
  }

  /** Returns the structure that a kernel takes by value. */
  MemorySegment toStruct(Arena arena) {
    MemorySegment struct =
        arena.allocate(ValueLayout.JAVA_LONG, 1 + MOST_AXES * (1 + MOST_OPERANDS));
    struct.setAtIndex(ValueLayout.JAVA_LONG, 0, axes);
    for (int axis = 0; axis < axes; axis++) {
      struct.setAtIndex(ValueLayout.JAVA_LONG, 1 + axis, dims[axis]);
      for (int operand = 0; operand < strides.length; operand++) {
        struct.setAtIndex(
            ValueLayout.JAVA_LONG, 1 + (operand + 1) * MOST_AXES + axis, strides[operand][axis]);
      }
    }
    return struct;
  }
}
