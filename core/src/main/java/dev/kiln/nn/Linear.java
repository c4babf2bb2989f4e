package dev.kiln.nn;

import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;

/**
 * A fully connected layer, {@code y = x weight' + bias}: [N, ..., in] to [N, ..., out]. The number
 * of inputs is read off the input.
 *
 * <p>Parameters: {@code weight} [out, in], drawn by {@link Initializers#fanInUniform} as in
 * PyTorch, and {@code bias} [out].
 *
 * @param outFeatures the number of outputs, at least 1
 * @param weight how the weight is drawn
 * @param bias whether there is a bias
 */
public record Linear(int outFeatures, Initializer weight, Bias bias) implements Layer {

  /**
   * Checks the number of outputs.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public Linear {
    if (outFeatures < 1) {
      throw new IllegalArgumentException(
          "linear: the number of outputs must be at least 1, but is " + outFeatures);
    }
  }

  /** Returns a layer with this many outputs, a bias, and PyTorch's initialization. */
  public static Linear of(int outFeatures) {
    return new Linear(outFeatures, Initializers.fanInUniform(), new Bias.ByFanIn());
  }

  /** Returns this layer with its weight drawn differently. */
  public Linear withWeight(Initializer other) {
    return new Linear(outFeatures, other, bias);
  }

  /** Returns this layer with its bias drawn differently. */
  public Linear withBias(Initializer initializer) {
    return new Linear(outFeatures, weight, new Bias.Drawn(initializer));
  }

  /** Returns this layer without a bias. */
  public Linear withoutBias() {
    return new Linear(outFeatures, weight, new Bias.None());
  }

  @Override
  public Value apply(Scope scope, Value x) {
    scope.require(
        x.shape().rank() >= 2,
        "linear: x must have at least two dimensions [N, in]; got x " + x.type());
    int inFeatures = x.shape().dim(-1);
    Value w = scope.parameter("weight", Shape.of(outFeatures, inFeatures), weight);
    return bias.parameter(scope, outFeatures, inFeatures)
        .map(b -> scope.ops().linear(x, w, b))
        .orElseGet(() -> scope.ops().linear(x, w));
  }

  @Override
  public String describe() {
    return "Linear(" + outFeatures + bias.describe() + ")";
  }
}
