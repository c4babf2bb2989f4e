package dev.kiln.op;

import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.OptionalInt;

/**
 * Elementwise {@code y = min(max(x, low), high)}.
 *
 * <p>Input: {@code x} of any shape. Output: {@code y}, the same type.
 *
 * @param low the smallest result
 * @param high the largest result
 */
public record Clamp(double low, double high) implements OpSpec {

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if {@code low > high} or one is not a number
   */
  public Clamp {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "clamp: low must not exceed high, but got [%s, %s]".formatted(low, high));
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x").floating(0);
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(0, () -> adjoint.apply(new Grad(this), adjoint.input(0), adjoint.upstream()));
  }

  @Override
  public OptionalInt overwrites(int output) {
    return OptionalInt.of(0);
  }

  /**
   * The gradient of a clamp: {@code dx = dy} where {@code low <= x <= high}, else 0.
   *
   * <p>Inputs: {@code x} and {@code dy} of one type. Output: {@code dx}, the same type.
   *
   * @param clamp the operation differentiated
   */
  public record Grad(Clamp clamp) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "x", "dy").floating(0);
      in.dtypeOfFirst(1).shapeIs(1, in.shape(0));
      return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
