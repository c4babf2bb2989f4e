package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reorders the axes: axis {@code i} of the result is axis {@code permutation[i]} of the input.
 *
 * <p>Input: {@code x}. Output: {@code y}.
 *
 * @param permutation every axis of the input once
 */
public record Transpose(List<Integer> permutation) implements OpSpec {

  /** Copies the permutation. */
  public Transpose {
    permutation = List.copyOf(permutation);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x");
    Axes.checkDistinct(in, permutation);
    in.require(
        permutation.size() == in.shape(0).rank(), "the permutation must name every axis of x");
    return List.of(
        TensorType.of(
            in.get(0).dtype(),
            new Shape(permutation.stream().map(axis -> in.shape(0).dim(axis)).toList())));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(0, () -> adjoint.apply(inverse(), adjoint.upstream()));
  }

  private Transpose inverse() {
    return new Transpose(
        IntStream.range(0, permutation.size()).mapToObj(permutation::indexOf).toList());
  }
}
