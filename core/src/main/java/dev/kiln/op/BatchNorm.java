package dev.kiln.op;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.OptionalInt;

/**
 * Batch normalization while training (Ioffe, Szegedy 2015): every channel is shifted and scaled to
 * mean 0 and variance 1 over the batch, then by the learned weight and bias; the running statistics
 * move towards the batch's.
 *
 * <p>Inputs: {@code x} [N, C, H, W] or [N, C], and {@code weight}, {@code bias}, {@code
 * runningMean}, {@code runningVariance}, each [C]. Outputs: {@code y} like {@code x}; the batch's
 * {@code mean} and (biased) {@code variance} [C], kept for the gradient; the new running mean and
 * variance [C], {@code (1 - momentum) running + momentum batch} with the unbiased variance.
 *
 * @param momentum the weight of the newest batch in the running statistics, usually 0.1
 * @param epsilon added to the variance, usually 1e-5
 */
public record BatchNorm(double momentum, double epsilon) implements OpSpec {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if momentum is outside [0, 1] or epsilon is not positive
   */
  public BatchNorm {
    if (!(momentum >= 0 && momentum <= 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "batch_norm: momentum must be in [0, 1] and epsilon positive, but got momentum %s, epsilon %s"
              .formatted(momentum, epsilon));
    }
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in =
        new Operands(this, inputs, "x", "weight", "bias", "runningMean", "runningVariance");
    Shape channels = checkChannels(in, 4);
    Shape x = in.shape(0);
    in.require(
        x.elements() > x.dim(1),
        "training needs more than one value per channel to estimate a variance");
    TensorType statistic = TensorType.of(in.get(0).dtype().accumulator(), channels);
    return List.of(TensorType.of(in.get(0).dtype(), x), statistic, statistic, statistic, statistic);
  }

  /** Checks x [N, C] or [N, C, H, W] and the given number of per-channel inputs after it. */
  static Shape checkChannels(Operands in, int perChannel) {
    in.floating(0)
        .require(
            in.shape(0).rank() == 2 || in.shape(0).rank() == 4,
            "x must have the dimensions [N, C] or [N, C, H, W]");
    Shape channels = Shape.of(in.shape(0).dim(1));
    for (int i = 1; i <= perChannel; i++) {
      in.dtype(i, in.get(0).dtype().accumulator()).shapeIs(i, channels);
    }
    return channels;
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        List.of(0, 1, 2),
        () ->
            adjoint.emit(
                new Grad(epsilon),
                adjoint.input(0),
                adjoint.input(1),
                adjoint.output(1),
                adjoint.output(2),
                adjoint.upstream()));
  }

  /** The running statistics are updated in place. */
  @Override
  public OptionalInt overwrites(int output) {
    return output >= 3 ? OptionalInt.of(output) : OptionalInt.empty();
  }

  /**
   * The gradient of batch normalization through the batch's own statistics.
   *
   * <p>Inputs: {@code x}, {@code weight} [C], the forward pass's {@code mean} and {@code variance}
   * [C], {@code dy} like {@code x}. Outputs: {@code dx} like {@code x}, {@code dweight} [C], {@code
   * dbias} [C].
   *
   * @param epsilon as in the forward pass
   */
  public record Grad(double epsilon) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "x", "weight", "mean", "variance", "dy");
      Shape channels = checkChannels(in, 3);
      in.dtypeOfFirst(4).shapeIs(4, in.shape(0));
      TensorType statistic = TensorType.of(in.get(0).dtype().accumulator(), channels);
      return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)), statistic, statistic);
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }
  }
}
