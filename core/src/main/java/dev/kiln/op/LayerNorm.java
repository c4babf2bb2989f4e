package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Layer normalization (Ba, Kiros, Hinton 2016): every sample is shifted and scaled to mean 0 and
 * variance 1 over its last dimensions, then elementwise by the learned weight and bias.
 *
 * <p>Inputs: {@code x} [..., normalized], {@code weight} and {@code bias} of the normalized shape.
 * Outputs: {@code y} like {@code x}; {@code mean} and (biased) {@code variance} of the leading
 * shape, kept for the gradient.
 *
 * @param dims how many of the last dimensions are normalized over
 * @param epsilon added to the variance, usually 1e-5
 */
public record LayerNorm(int dims, double epsilon) implements OpSpec {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if dims is below 1 or epsilon is not positive
   */
  public LayerNorm {
    if (dims < 1 || !(epsilon > 0)) {
      throw new IllegalArgumentException(
          "layer_norm: dims must be at least 1 and epsilon positive, but got dims %d, epsilon %s"
              .formatted(dims, epsilon));
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x", "weight", "bias").floating(0);
    Shape normalized = normalized(in);
    in.dtypeOfFirst(1).dtypeOfFirst(2).shapeIs(1, normalized).shapeIs(2, normalized);
    TensorType statistic = TensorType.of(in.get(0).dtype(), leading(in));
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)), statistic, statistic);
  }

  private Shape normalized(Operands in) {
    int rank = in.shape(0).rank();
    in.require(rank >= dims, "x must have at least %d dimensions".formatted(dims));
    return new Shape(in.shape(0).dims().subList(rank - dims, rank));
  }

  private Shape leading(Operands in) {
    return new Shape(in.shape(0).dims().subList(0, in.shape(0).rank() - dims));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        List.of(0, 1, 2),
        () ->
            adjoint.emit(
                new Grad(this),
                adjoint.input(0),
                adjoint.input(1),
                adjoint.output(1),
                adjoint.output(2),
                adjoint.upstream()));
  }

  /**
   * The gradient of layer normalization.
   *
   * <p>Inputs: {@code x}, {@code weight}, the forward pass's {@code mean} and {@code variance},
   * {@code dy} like {@code x}. Outputs: {@code dx} like {@code x}, {@code dweight} and {@code
   * dbias} like {@code weight}.
   *
   * @param norm the normalization differentiated
   */
  public record Grad(LayerNorm norm) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "x", "weight", "mean", "variance", "dy").floating(0);
      Shape normalized = norm.normalized(in);
      Shape leading = norm.leading(in);
      in.dtypeOfFirst(1).dtypeOfFirst(2).dtypeOfFirst(3).dtypeOfFirst(4);
      in.shapeIs(1, normalized).shapeIs(2, leading).shapeIs(3, leading).shapeIs(4, in.shape(0));
      TensorType parameter = TensorType.of(in.get(0).dtype(), normalized);
      return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)), parameter, parameter);
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
