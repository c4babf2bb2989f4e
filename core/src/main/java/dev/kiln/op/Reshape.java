package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * The same elements, in the same order, with another shape. Costs nothing: the result shares the
 * memory of its input.
 *
 * <p>Input: {@code x}. Output: {@code y} of the target shape.
 *
 * @param target the shape of the result, with as many elements
 */
public record Reshape(Shape target) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x");
    in.require(
        in.shape(0).elements() == target.elements(),
        "the number of elements must stay: %d against %d"
            .formatted(in.shape(0).elements(), target.elements()));
    return List.of(TensorType.of(in.get(0).dtype(), target));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(0, () -> adjoint.apply(new Reshape(adjoint.input(0).shape()), adjoint.upstream()));
  }
}
