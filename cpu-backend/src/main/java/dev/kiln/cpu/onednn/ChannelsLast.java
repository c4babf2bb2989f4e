package dev.kiln.cpu.onednn;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.stream.IntStream;

/**
 * The placement of images [N, C, H, W] in the order N, H, W, C. On AVX2 oneDNN's convolutions run
 * as fast on it as on its blocked formats, its poolings 20 times as fast as on rows, and
 * elementwise work need not know of it: nothing is padded.
 */
enum ChannelsLast implements Layout {
  /** The only one. */
  LAYOUT;

  /**
   * Returns where images of this shape lie when their channels come last: row-major, if that is the
   * same.
   */
  static Layout of(Shape shape) {
    boolean sameOrder = shape.dim(1) == 1 || shape.dim(2) * shape.dim(3) == 1;
    return sameOrder ? Layout.ROW_MAJOR : LAYOUT;
  }

  /** Returns the axes of a tensor as they lie in memory, the contiguous one last. */
  static int[] memoryOrder(TensorType type) {
    return type.layout() == LAYOUT
        ? new int[] {0, 2, 3, 1}
        : IntStream.range(0, type.shape().rank()).toArray();
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
