package dev.kiln.nn;

import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;

/**
 * Normalization of every sample over its last dimensions (Ba, Kiros, Hinton 2016): any shape to the
 * same shape.
 *
 * <p>Parameters: {@code weight}, ones at first, and {@code bias}, zeros, both of the normalized
 * dimensions.
 *
 * @param dims how many of the last dimensions are normalized over, at least 1
 * @param epsilon added to the variance, positive
 */
public record LayerNorm(int dims, double epsilon) implements Layer {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException as {@link dev.kiln.op.LayerNorm} does
   */
  public LayerNorm {
    new dev.kiln.op.LayerNorm(dims, epsilon);
  }

  /** Returns a normalization over the last dimension with PyTorch's epsilon 1e-5. */
  public static LayerNorm of() {
    return overLast(1);
  }

  /** Returns a normalization over this many last dimensions with PyTorch's epsilon 1e-5. */
  public static LayerNorm overLast(int dims) {
    return new LayerNorm(dims, 1e-5);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    int rank = x.shape().rank();
    scope.require(
        rank > dims,
        "layer_norm: x must have the batch and at least %d further dimensions; got x %s"
            .formatted(dims, x.type()));
    Shape normalized = new Shape(x.shape().dims().subList(rank - dims, rank));
    Value weight = scope.parameter("weight", normalized, Initializer.ones());
    Value bias = scope.parameter("bias", normalized, Initializer.zeros());
    return scope.ops().layerNorm(x, weight, bias, epsilon);
  }
}
