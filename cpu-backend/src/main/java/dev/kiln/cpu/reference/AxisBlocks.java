package dev.kiln.cpu.reference;

import dev.kiln.tensor.TensorType;

/**
 * A tensor as blocks of bytes: each holds everything that has the same leading indices before some
 * axis, in one piece.
 *
 * @param count how many blocks there are
 * @param bytes the length of each
 */
record AxisBlocks(long count, long bytes) {

  /** Returns the blocks of a tensor before an axis. */
  static AxisBlocks of(TensorType type, int axis) {
    long count = type.shape().elements(0, axis);
    return new AxisBlocks(count, type.bytes() / count);
  }

  /** Returns the bytes that one index along the axis takes. */
  static long bytesPerIndex(TensorType type, int axis) {
    return type.shape().elements(axis + 1, type.shape().rank()) * type.dtype().bytes();
  }
}
