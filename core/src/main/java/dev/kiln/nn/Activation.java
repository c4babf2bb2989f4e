package dev.kiln.nn;

import dev.kiln.op.Unary;
import dev.kiln.op.Value;

/**
 * A function of every element: any shape to the same shape. The usual ones are constants here; any
 * other is {@code new Activation(Unary.SOFTSIGN)}.
 *
 * @param function the function
 */
public record Activation(Unary function) implements Layer {

  /** {@code max(x, 0)}. */
  public static final Activation RELU = new Activation(Unary.RELU);

  /** {@code x} where positive, else {@code 0.01 x}. */
  public static final Activation LEAKY_RELU = new Activation(Unary.LEAKY_RELU);

  /** {@code x} where positive, else {@code e^x - 1}. */
  public static final Activation ELU = new Activation(Unary.ELU);

  /** The self-normalizing unit. */
  public static final Activation SELU = new Activation(Unary.SELU);

  /** {@code x} times the normal distribution function. */
  public static final Activation GELU = new Activation(Unary.GELU);

  /** {@code x sigmoid(x)}. */
  public static final Activation SILU = new Activation(Unary.SILU);

  /** {@code x tanh(softplus(x))}. */
  public static final Activation MISH = new Activation(Unary.MISH);

  /** {@code 1 / (1 + e^-x)}. */
  public static final Activation SIGMOID = new Activation(Unary.SIGMOID);

  /** The hyperbolic tangent. */
  public static final Activation TANH = new Activation(Unary.TANH);

  /** {@code log(1 + e^x)}. */
  public static final Activation SOFTPLUS = new Activation(Unary.SOFTPLUS);

  /** {@code e^(-x^2)}. */
  public static final Activation GAUSSIAN = new Activation(Unary.GAUSSIAN);

  /** The perceptron's threshold; no gradient passes it. */
  public static final Activation STEP = new Activation(Unary.STEP);

  @Override
  public Value apply(Scope scope, Value x) {
    return scope.ops().unary(function, x);
  }

  @Override
  public String describe() {
    return "Activation(" + function + ")";
  }
}
