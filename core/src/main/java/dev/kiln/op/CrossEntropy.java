package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The cross-entropy of class scores against labels, averaged over the samples that count: {@code
 * -log softmax(logits)[target]}. With label smoothing (Szegedy et al. 2016) the target distribution
 * is {@code (1 - smoothing)} on the label plus {@code smoothing / C} on every class.
 *
 * <p>Inputs: {@code logits} [N, C], {@code target} [N], whole numbers in [0, C) or {@link #IGNORE}.
 * Outputs: {@code loss}, a scalar, 0 when no sample counts; {@code probabilities} [N, C], kept for
 * the gradient. A label that is neither a class nor {@link #IGNORE} makes the loss not a number.
 *
 * @param labelSmoothing how much of the target is spread over all classes, in [0, 1), usually 0
 */
public record CrossEntropy(double labelSmoothing) implements OpSpec {

  /** The label of a sample that does not count, such as a padded step; PyTorch's default. */
  public static final int IGNORE = -100;

  /**
   * Checks the attribute.
   *
   * @throws IllegalArgumentException if the smoothing is outside [0, 1)
   */
  public CrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "cross_entropy: label smoothing must be in [0, 1), not " + labelSmoothing);
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "logits", "target").floating(0).integer(1).rank(0, 2);
    in.shapeIs(1, Shape.of(in.shape(0).dim(0)));
    return List.of(TensorType.of(in.get(0).dtype()), TensorType.of(in.get(0).dtype(), in.shape(0)));
  }

  @Override
  public Optional<IndexRange> indices(List<TensorType> inputs) {
    int classes = inputs.getFirst().shape().dim(1);
    return Optional.of(new IndexRange(1, "target", 0, classes, OptionalLong.of(IGNORE)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0,
        () ->
            adjoint.apply(
                new Grad(labelSmoothing), adjoint.output(1), adjoint.input(1), adjoint.upstream()));
  }

  /**
   * The gradient of the cross-entropy: {@code dlogits = dloss (probabilities - targetDistribution)
   * / count}, 0 in the rows that do not count.
   *
   * <p>Inputs: {@code probabilities} [N, C], {@code target} [N], {@code dloss}, a scalar. Output:
   * {@code dlogits} [N, C].
   *
   * @param labelSmoothing as in the forward pass
   */
  public record Grad(double labelSmoothing) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "probabilities", "target", "dloss");
      in.floating(0).rank(0, 2).integer(1).dtypeOfFirst(2);
      in.shapeIs(1, Shape.of(in.shape(0).dim(0))).shapeIs(2, Shape.SCALAR);
      return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
