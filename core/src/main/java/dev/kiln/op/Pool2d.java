package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Two-dimensional pooling: the largest or the average value under a sliding window.
 *
 * <p>Input: {@code x} [N, C, H, W]. Outputs: {@code y} [N, C, outH, outW] with {@code out = (in + 2
 * padding - kernel) / stride + 1}, rounded down; for the maximum also {@code indices}, I32 of the
 * same shape: where in its image plane each maximum stood, as {@code row * W + column}, the first
 * of equals. A private layout may store the indices in another form.
 *
 * @param kind the maximum or an average
 * @param kernel the window
 * @param stride the step between neighbouring windows
 * @param padding added on each side, at most half the window; minus infinity for the maximum, zeros
 *     for averages
 */
public record Pool2d(Kind kind, Size2d kernel, Size2d stride, Size2d padding) implements OpSpec {

  /** What is taken of each window. */
  public enum Kind {
    /** The largest value. */
    MAX,
    /** The sum divided by the size of the window, padding counted. */
    AVERAGE_INCLUDING_PADDING,
    /** The sum divided by the number of real values under the window. */
    AVERAGE_EXCLUDING_PADDING
  }

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if the kernel or stride is below 1, or the padding is negative
   *     or more than half the kernel
   */
  public Pool2d {
    if (!kernel.atLeast(1)
        || !stride.atLeast(1)
        || !padding.atLeast(0)
        || 2 * padding.height() > kernel.height()
        || 2 * padding.width() > kernel.width()) {
      throw new IllegalArgumentException(
          "pool2d: kernel and stride must be at least 1 and padding at most half the kernel, but"
              + " got kernel %s, stride %s, padding %s".formatted(kernel, stride, padding));
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x").floating(0).rank(0, 4);
    Shape x = in.shape(0);
    int height = extent(x.dim(2), kernel.height(), stride.height(), padding.height());
    int width = extent(x.dim(3), kernel.width(), stride.width(), padding.width());
    in.require(height >= 1 && width >= 1, "the window must not be larger than the padded image");
    Shape y = x.with(2, height).with(3, width);
    TensorType result = TensorType.of(in.get(0).dtype(), y);
    return kind == Kind.MAX ? List.of(result, TensorType.of(DType.I32, y)) : List.of(result);
  }

  /** The number of places where a window fits; not positive when there is none. */
  private static int extent(int in, int kernel, int stride, int padding) {
    return Math.floorDiv(in + 2 * padding - kernel, stride) + 1;
  }

  @Override
  public void gradient(Adjoint adjoint) {
    Grad grad = new Grad(this, adjoint.input(0).shape());
    adjoint.give(
        0,
        () ->
            kind == Kind.MAX
                ? adjoint.apply(grad, adjoint.upstream(), adjoint.output(1))
                : adjoint.apply(grad, adjoint.upstream()));
  }

  /**
   * The gradient of pooling.
   *
   * <p>Inputs: {@code dy} [N, C, outH, outW] and, for the maximum, the forward pass's {@code
   * indices}. Output: {@code dx} [N, C, H, W].
   *
   * @param pool the pooling differentiated
   * @param input the shape of its image
   */
  public record Grad(Pool2d pool, Shape input) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in =
          pool.kind == Kind.MAX
              ? new Operands(this, inputs, "dy", "indices").dtype(1, DType.I32)
              : new Operands(this, inputs, "dy");
      TensorType x = TensorType.of(in.floating(0).get(0).dtype(), input);
      Shape y = pool.infer(List.of(x)).getFirst().shape();
      in.shapeIs(0, y).shapeIs(1, y);
      return List.of(x);
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
