package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * A tensor that lives inside a flat one, such as a layer's weight inside all parameters. Costs
 * nothing: the result shares the memory of its input.
 *
 * <p>Input: {@code flat} [length]. Output: {@code y} of the given shape, the elements from {@code
 * offset} on.
 *
 * @param offset the first element
 * @param shape the shape of the result
 */
public record View(long offset, Shape shape) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "flat").rank(0, 1);
    in.require(
        offset >= 0 && offset + shape.elements() <= in.shape(0).elements(),
        "the %d elements from %d on must lie inside [0, %d)"
            .formatted(shape.elements(), offset, in.shape(0).elements()));
    return List.of(TensorType.of(in.get(0).dtype(), shape));
  }

  /** Packs the gradient back into a flat one. */
  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0,
        () ->
            adjoint.apply(
                new Pack(List.of(offset), adjoint.input(0).shape().elements()),
                adjoint.upstream()));
  }
}
