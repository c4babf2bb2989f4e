package dev.kiln.nn;

import dev.kiln.op.BatchNormInference;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.List;

/**
 * Batch normalization of every channel (Ioffe, Szegedy 2015): [N, C] or [N, C, H, W] to the same
 * shape. Training uses the statistics of the batch and moves the running ones towards them;
 * inference uses the running ones.
 *
 * <p>Parameters: {@code weight} [C], ones at first, and {@code bias} [C], zeros. Statistics: {@code
 * running_mean} [C], zeros at first, and {@code running_var} [C], ones.
 *
 * @param momentum the weight of the newest batch in the running statistics, in [0, 1]
 * @param epsilon added to the variance, positive
 */
public record BatchNorm(double momentum, double epsilon) implements Layer {

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException as {@link dev.kiln.op.BatchNorm} does
   */
  public BatchNorm {
    new dev.kiln.op.BatchNorm(momentum, epsilon);
  }

  /** Returns a normalization with PyTorch's momentum 0.1 and epsilon 1e-5. */
  public static BatchNorm of() {
    return new BatchNorm(0.1, 1e-5);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    scope.require(
        x.shape().rank() == 2 || x.shape().rank() == 4,
        "batch_norm: x must have the dimensions [N, C] or [N, C, H, W]; got x " + x.type());
    Shape channels = Shape.of(x.shape().dim(1));
    Value weight = scope.parameter("weight", channels, Initializer.ones());
    Value bias = scope.parameter("bias", channels, Initializer.zeros());
    Value mean = scope.statistic("running_mean", channels, 0);
    Value variance = scope.statistic("running_var", channels, 1);
    return switch (scope.mode()) {
      case TRAINING -> {
        List<Value> outputs =
            scope
                .graph()
                .add(
                    new dev.kiln.op.BatchNorm(momentum, epsilon),
                    List.of(x, weight, bias, mean, variance));
        scope.update(mean, outputs.get(3));
        scope.update(variance, outputs.get(4));
        yield outputs.getFirst();
      }
      case INFERENCE ->
          scope.graph().apply(new BatchNormInference(epsilon), x, weight, bias, mean, variance);
    };
  }
}
