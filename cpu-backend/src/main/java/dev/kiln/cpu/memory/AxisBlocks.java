package dev.kiln.cpu.memory;

import dev.kiln.tensor.TensorType;

/**
 * A tensor as blocks of bytes: each holds everything that has the same leading indices before some
 * axis, in one piece.
 *
 * @param count how many blocks there are
 * @param bytes the length of each
 */
public record AxisBlocks(long count, long bytes) {

  /** Returns the blocks of a tensor before an axis. */
  public static AxisBlocks of(TensorType type, int axis) {
    long count = type.shape().elements(0, axis);
    return new AxisBlocks(count, type.bytes() / count);
  }

  /** Returns the bytes that one index along the axis takes. */
  public static long bytesPerIndex(TensorType type, int axis) {
    return type.shape().elements(axis + 1, type.shape().rank()) * type.dtype().bytes();
  }
}
