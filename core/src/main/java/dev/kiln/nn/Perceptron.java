package dev.kiln.nn;

import dev.kiln.op.Value;

/**
 * Rosenblatt's perceptron (1958), a linear threshold unit: 1 where {@code x weight' + bias >= 0},
 * else 0; [N, in] to [N, out]. Nothing passes its gradient, since the threshold is flat: it learns
 * by the perceptron's own rule, {@code weight += rate (target - y) x}.
 *
 * <p>Parameters: those of its linear part, {@code weight} [out, in] and {@code bias} [out].
 *
 * @param linear the weighted sum before the threshold
 */
public record Perceptron(Linear linear) implements Layer {

  /** Returns this many units, their weights and biases zero at first. */
  public static Perceptron of(int units) {
    return new Perceptron(
        Linear.of(units).withWeight(Initializer.zeros()).withBias(Initializer.zeros()));
  }

  @Override
  public Value apply(Scope scope, Value x) {
    return Activation.STEP.apply(scope, linear.apply(scope, x));
  }

  @Override
  public String describe() {
    return "Perceptron(" + linear.outFeatures() + ")";
  }
}
