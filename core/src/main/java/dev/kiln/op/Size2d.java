package dev.kiln.op;

/**
 * An extent over an image plane: a kernel, a stride, a padding.
 *
 * @param height along the third dimension of [N, C, H, W]
 * @param width along the fourth
 */
public record Size2d(int height, int width) {

  /** Returns the same extent in both directions. */
  public static Size2d square(int side) {
    return new Size2d(side, side);
  }

  /** Returns whether both extents are at least {@code least}. */
  boolean atLeast(int least) {
    return height >= least && width >= least;
  }

  /** Returns the extent as {@code 3x5}. */
  @Override
  public String toString() {
    return height + "x" + width;
  }
}
