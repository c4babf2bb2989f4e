package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Repeats a tensor along its axes of size 1, and along new leading axes, until it has a shape.
 *
 * <p>Input: {@code x}. Output: {@code y} of the target shape.
 *
 * @param target the shape of the result
 */
public record Broadcast(Shape target) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x").floating(0);
    boolean fits = in.shape(0).rank() <= target.rank();
    for (int back = 1; fits && back <= in.shape(0).rank(); back++) {
      int dim = in.shape(0).dim(-back);
      fits = dim == 1 || dim == target.dim(-back);
    }
    in.require(
        fits, "every dimension of x, counted from the back, must be 1 or that of the target");
    return List.of(TensorType.of(in.get(0).dtype(), target));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(0, () -> Broadcasts.sumTo(adjoint, adjoint.upstream(), adjoint.input(0).shape()));
  }
}
