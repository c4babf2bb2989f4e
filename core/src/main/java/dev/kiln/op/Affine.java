package dev.kiln.op;

import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.OptionalInt;

/**
 * Elementwise {@code y = scale * x + shift} with two constants.
 *
 * <p>Input: {@code x} of any shape. Output: {@code y}, the same type.
 *
 * @param scale the factor
 * @param shift what is added
 */
public record Affine(double scale, double shift) implements OpSpec {

  /** Returns the operation that multiplies by a constant. */
  public static Affine scale(double factor) {
    return new Affine(factor, 0);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x").floating(0);
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(0, () -> adjoint.apply(scale(scale), adjoint.upstream()));
  }

  @Override
  public OptionalInt overwrites(int output) {
    return OptionalInt.of(0);
  }
}
