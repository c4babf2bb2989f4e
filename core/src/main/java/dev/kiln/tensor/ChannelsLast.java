package dev.kiln.tensor;

import java.util.stream.IntStream;

/**
 * The placement of images [N, C, H, W] in the order N, H, W, C, and of filters [K, C, R, S] in the
 * order K, R, S, C: all channels of a pixel are neighbours. It is the order that the matrix units
 * of processors and GPUs read directly, nothing is padded, and elementwise work need not know of
 * it.
 */
public enum ChannelsLast implements Layout {
  /** The only one. */
  LAYOUT;

  /**
   * Returns where images of this shape lie when their channels come last: row-major, if that is the
   * same.
   *
   * @param shape [N, C, H, W]
   */
  public static Layout of(Shape shape) {
    boolean sameOrder = shape.dim(1) == 1 || shape.dim(2) * shape.dim(3) == 1;
    return sameOrder ? Layout.ROW_MAJOR : LAYOUT;
  }

  /** Returns the axes of a tensor as they lie in memory, the contiguous one last. */
  public static int[] memoryOrder(TensorType type) {
    return type.layout() == LAYOUT
        ? new int[] {0, 2, 3, 1}
        : IntStream.range(0, type.shape().rank()).toArray();
  }

  /** Returns for each axis of a tensor how many elements apart neighbours along it lie. */
  public static long[] strides(TensorType type) {
    int[] order = memoryOrder(type);
    long[] strides = new long[order.length];
    long stride = 1;
    for (int i = order.length - 1; i >= 0; i--) {
      strides[order[i]] = stride;
      stride *= type.shape().dim(order[i]);
    }
    return strides;
  }

  @Override
  public long bytes(DType dtype, Shape shape) {
    return dtype.bytes() * shape.elements();
  }

  @Override
  public String toString() {
    return "channels-last";
  }
}
