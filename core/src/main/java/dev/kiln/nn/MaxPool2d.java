package dev.kiln.nn;

import dev.kiln.op.Pool2d;
import dev.kiln.op.Size2d;
import dev.kiln.op.Value;

/**
 * The largest value under a sliding window: [N, C, H, W] to [N, C, outH, outW]; see {@link Pool2d}
 * for the sizes.
 *
 * @param kernel the window
 * @param stride the step between neighbouring windows
 * @param padding added on each side, at most half the window
 */
public record MaxPool2d(Size2d kernel, Size2d stride, Size2d padding) implements Layer {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException as {@link Pool2d} does
   */
  public MaxPool2d {
    new Pool2d(Pool2d.Kind.MAX, kernel, stride, padding);
  }

  /** Returns a pooling with square windows side by side, without padding. */
  public static MaxPool2d of(int kernel) {
    return of(Size2d.square(kernel));
  }

  /** Returns a pooling with windows of this size side by side, without padding. */
  public static MaxPool2d of(Size2d kernel) {
    return new MaxPool2d(kernel, kernel, Size2d.square(0));
  }

  /** Returns this pooling with another step between neighbouring windows. */
  public MaxPool2d withStride(int side) {
    return new MaxPool2d(kernel, Size2d.square(side), padding);
  }

  /** Returns this pooling with as much padding on all four sides. */
  public MaxPool2d withPadding(int side) {
    return new MaxPool2d(kernel, stride, Size2d.square(side));
  }

  @Override
  public Value apply(Scope scope, Value x) {
    return scope.ops().pool2d(new Pool2d(Pool2d.Kind.MAX, kernel, stride, padding), x);
  }

  @Override
  public String describe() {
    return "MaxPool2d(" + AveragePool2d.window(kernel, stride, padding) + ")";
  }
}
