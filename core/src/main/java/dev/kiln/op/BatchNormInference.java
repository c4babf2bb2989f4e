package dev.kiln.op;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * Batch normalization with fixed statistics, as it is used after training: {@code y = (x - mean) /
 * sqrt(variance + epsilon) * weight + bias}.
 *
 * <p>Inputs: {@code x} [N, C, H, W] or [N, C], and {@code weight}, {@code bias}, {@code
 * runningMean}, {@code runningVariance}, each [C], F32 where {@code x} is F16 or BF16. Output:
 * {@code y} like {@code x}. The statistics get no gradient.
 *
 * @param epsilon added to the variance, usually 1e-5
 */
public record BatchNormInference(double epsilon) implements OpSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in =
        new Operands(this, inputs, "x", "weight", "bias", "runningMean", "runningVariance");
    BatchNorm.checkChannels(in, 4);
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    // y = (x - mean) * inverseDeviation * weight + bias, everything [C] spread over [N, C, H, W]
    DType statistics = adjoint.input(1).type().dtype();
    adjoint.give(
        0,
        () ->
            in(
                adjoint.input(0).type().dtype(),
                adjoint,
                adjoint.apply(
                    Binary.MUL,
                    in(statistics, adjoint, adjoint.upstream()),
                    overPlane(
                        adjoint,
                        adjoint.apply(Binary.MUL, inverseDeviation(adjoint), adjoint.input(1))))));
    adjoint.give(
        1,
        () -> {
          Value centred =
              adjoint.apply(
                  Binary.SUB,
                  in(statistics, adjoint, adjoint.input(0)),
                  overPlane(adjoint, adjoint.input(3)));
          Value product =
              adjoint.apply(Binary.MUL, in(statistics, adjoint, adjoint.upstream()), centred);
          return adjoint.apply(
              Binary.MUL, sumOverBatch(adjoint, product), inverseDeviation(adjoint));
        });
    adjoint.give(2, () -> sumOverBatch(adjoint, in(statistics, adjoint, adjoint.upstream())));
  }

  /** The value in a type, itself if it has it. */
  private static Value in(DType type, Adjoint adjoint, Value value) {
    return value.type().dtype() == type ? value : adjoint.apply(new Cast(type), value);
  }

  private Value inverseDeviation(Adjoint adjoint) {
    Value shifted = adjoint.apply(new Affine(1, epsilon), adjoint.input(4));
    return adjoint.apply(Unary.RECIPROCAL, adjoint.apply(Unary.SQRT, shifted));
  }

  /** Reshapes [C] to [C, 1, 1] where x is [N, C, H, W]. */
  private static Value overPlane(Adjoint adjoint, Value perChannel) {
    return adjoint.input(0).shape().rank() == 2
        ? perChannel
        : adjoint.apply(new Reshape(Shape.of(perChannel.shape().dim(0), 1, 1)), perChannel);
  }

  private static Value sumOverBatch(Adjoint adjoint, Value value) {
    List<Integer> axes = value.shape().rank() == 2 ? List.of(0) : List.of(0, 2, 3);
    return adjoint.apply(new Reduce(Reduce.Kind.SUM, axes, false), value);
  }
}
