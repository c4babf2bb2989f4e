package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks up a row of a table for every index.
 *
 * <p>Inputs: {@code indices} of any shape, whole numbers in [0, rows), {@code weight} [rows,
 * features]. Output: {@code y} [indices..., features]. An index outside the table yields a row of
 * not-a-number, so that a training step reports it instead of reading foreign memory.
 */
public record Embedding() implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "indices", "weight").integer(0).floating(1).rank(1, 2);
    List<Integer> dims = new ArrayList<>(in.shape(0).dims());
    dims.add(in.shape(1).dim(1));
    return List.of(TensorType.of(in.get(1).dtype(), new Shape(dims)));
  }

  @Override
  public Optional<IndexRange> indices(List<TensorType> inputs) {
    return Optional.of(IndexRange.of(0, "indices", 0, inputs.get(1).shape().dim(0)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        1,
        () ->
            adjoint.apply(
                new Grad(adjoint.input(1).shape().dim(0)), adjoint.input(0), adjoint.upstream()));
  }

  /**
   * The gradient of the table: every row is the sum of the gradients of the places that used it,
   * added in the order of the places.
   *
   * <p>Inputs: {@code indices} of any shape, {@code dy} [indices..., features]. Output: {@code
   * dweight} [rows, features].
   *
   * @param rows the rows of the table
   */
  public record Grad(int rows) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "indices", "dy").integer(0).floating(1);
      in.require(in.shape(1).rank() >= 1, "dy must have the dimensions [indices..., features]");
      int features = in.shape(1).dim(-1);
      List<Integer> dims = new ArrayList<>(in.shape(0).dims());
      dims.add(features);
      in.shapeIs(1, new Shape(dims));
      return List.of(TensorType.of(in.get(1).dtype(), rows, features));
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
