package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes whole numbers as vectors that are 1 at the number's place and 0 elsewhere.
 *
 * <p>Input: {@code indices} of any shape, whole numbers in [0, depth). Output: {@code y}
 * [indices..., depth]. An index outside the range yields a vector of not-a-number, so that a
 * training step reports it.
 *
 * @param depth the length of every vector, at least 1
 * @param dtype the floating-point type of the result
 */
public record OneHot(int depth, DType dtype) implements OpSpec {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if the depth is below 1 or the type not floating-point
   */
  public OneHot {
    if (depth < 1 || !dtype.isFloating()) {
      throw new IllegalArgumentException(
          "one_hot: the depth must be at least 1 and the type floating-point, but they are %d and %s"
              .formatted(depth, dtype));
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "indices").integer(0);
    List<Integer> dims = new ArrayList<>(in.shape(0).dims());
    dims.add(depth);
    return List.of(TensorType.of(dtype, new Shape(dims)));
  }

  @Override
  public Optional<IndexRange> indices(List<TensorType> inputs) {
    return Optional.of(IndexRange.of(0, "indices", 0, depth));
  }

  /** Whole numbers have no gradient. */
  @Override
  public void gradient(Adjoint adjoint) {}
}
