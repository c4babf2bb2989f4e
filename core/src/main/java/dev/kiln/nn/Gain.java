package dev.kiln.nn;

import dev.kiln.op.Unary;

/**
 * By how much weights must be scaled up to make good for what the activation after them takes away:
 * the recommended values of PyTorch's {@code calculate_gain}.
 */
public final class Gain {

  private Gain() {}

  /**
   * Returns the gain of an activation.
   *
   * @throws IllegalArgumentException if none is established for it
   */
  public static double of(Unary activation) {
    return switch (activation) {
      case IDENTITY, SIGMOID -> 1;
      case TANH -> 5.0 / 3;
      case RELU -> Math.sqrt(2);
      case LEAKY_RELU -> leakyRelu(0.01);
      case SELU -> 0.75;
      case NEGATE,
          ABS,
          SQUARE,
          SQRT,
          RECIPROCAL,
          EXP,
          LOG,
          STEP,
          ELU,
          GELU,
          GELU_TANH,
          SILU,
          MISH,
          SOFTPLUS,
          SOFTSIGN,
          HARD_SIGMOID,
          HARD_TANH,
          GAUSSIAN ->
          throw new IllegalArgumentException(
              "no gain is established for %s; give a number, such as sqrt(2) for those that resemble relu"
                  .formatted(activation));
    };
  }

  /** Returns the gain of a leaky ReLU with a slope of its own on the negative side. */
  public static double leakyRelu(double negativeSlope) {
    return Math.sqrt(2 / (1 + negativeSlope * negativeSlope));
  }
}
