package dev.kiln.nn;

import dev.kiln.op.Pool2d;
import dev.kiln.op.Size2d;
import dev.kiln.op.Value;

/**
 * The average under a sliding window: [N, C, H, W] to [N, C, outH, outW]; see {@link Pool2d} for
 * the sizes.
 *
 * @param kernel the window
 * @param stride the step between neighbouring windows
 * @param padding zeros added on each side, at most half the window
 * @param countsPadding whether the padded zeros count as values, as they do in PyTorch by default
 */
public record AveragePool2d(Size2d kernel, Size2d stride, Size2d padding, boolean countsPadding)
    implements Layer {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException as {@link Pool2d} does
   */
  public AveragePool2d {
    new Pool2d(Pool2d.Kind.AVERAGE_INCLUDING_PADDING, kernel, stride, padding);
  }

  /** Returns a pooling with square windows side by side, without padding. */
  public static AveragePool2d of(int kernel) {
    return of(Size2d.square(kernel));
  }

  /** Returns a pooling with windows of this size side by side, without padding. */
  public static AveragePool2d of(Size2d kernel) {
    return new AveragePool2d(kernel, kernel, Size2d.square(0), true);
  }

  /** Returns this pooling with another step between neighbouring windows. */
  public AveragePool2d withStride(int side) {
    return new AveragePool2d(kernel, Size2d.square(side), padding, countsPadding);
  }

  /** Returns this pooling with as much padding on all four sides. */
  public AveragePool2d withPadding(int side) {
    return new AveragePool2d(kernel, stride, Size2d.square(side), countsPadding);
  }

  /** Returns this pooling dividing by the number of real values under each window. */
  public AveragePool2d withoutCountingPadding() {
    return new AveragePool2d(kernel, stride, padding, false);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    Pool2d.Kind kind =
        countsPadding
            ? Pool2d.Kind.AVERAGE_INCLUDING_PADDING
            : Pool2d.Kind.AVERAGE_EXCLUDING_PADDING;
    return scope.ops().pool2d(new Pool2d(kind, kernel, stride, padding), x);
  }

  @Override
  public String describe() {
    return "AveragePool2d(" + window(kernel, stride, padding) + ")";
  }

  /** A pooling's settings for people; what is usual is left out. */
  static String window(Size2d kernel, Size2d stride, Size2d padding) {
    return kernel
        + (stride.equals(kernel) ? "" : ", stride " + stride)
        + (padding.equals(Size2d.square(0)) ? "" : ", padding " + padding);
  }
}
