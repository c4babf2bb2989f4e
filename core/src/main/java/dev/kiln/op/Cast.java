package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Converts elements to another type: rounds to the nearest floating-point number, truncates towards
 * zero to whole numbers.
 *
 * <p>Input: {@code x} of any shape and any type but {@link DType#OPAQUE}. Output: {@code y}.
 *
 * @param target the element type of the result
 */
public record Cast(DType target) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x");
    in.require(
        in.get(0).dtype() != DType.OPAQUE && target != DType.OPAQUE,
        "opaque bytes cannot be converted");
    return List.of(TensorType.of(target, in.shape(0)));
  }

  /** Flows only between floating-point types: a whole number has no gradient. */
  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0, () -> adjoint.apply(new Cast(adjoint.input(0).type().dtype()), adjoint.upstream()));
  }
}
