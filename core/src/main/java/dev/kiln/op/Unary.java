package dev.kiln.op;

import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;

/**
 * Elementwise functions of one tensor: the activations of neural networks and the arithmetic that
 * losses are built of. Each constant is the definition: its formula and its derivative. Constants
 * with a usual parameter take PyTorch's default.
 *
 * <p>Input: {@code x} of any shape. Output: {@code y}, the same type.
 */
public enum Unary implements OpSpec {
  /** {@code x}: the linear activation. */
  IDENTITY(x -> x, From.OUTPUT, y -> 1),
  /** {@code -x}. */
  NEGATE(x -> -x, From.OUTPUT, y -> -1),
  /** {@code |x|}; the derivative at 0 is 0. */
  ABS(Math::abs, From.INPUT, Math::signum),
  /** {@code x^2}. */
  SQUARE(x -> x * x, From.INPUT, x -> 2 * x),
  /** The square root. */
  SQRT(Math::sqrt, From.OUTPUT, y -> 0.5 / y),
  /** {@code 1 / x}. */
  RECIPROCAL(x -> 1 / x, From.OUTPUT, y -> -y * y),
  /** {@code e^x}. */
  EXP(Math::exp, From.OUTPUT, y -> y),
  /** The natural logarithm. */
  LOG(Math::log, From.INPUT, x -> 1 / x),
  /** The perceptron's threshold: 1 where {@code x >= 0}, else 0; its derivative is 0 everywhere. */
  STEP(x -> x >= 0 ? 1 : 0, From.OUTPUT, y -> 0),
  /** {@code max(x, 0)}; the derivative at 0 is 0. */
  RELU(x -> Math.max(x, 0), From.OUTPUT, y -> y > 0 ? 1 : 0),
  /** {@code x} where positive, else {@code 0.01 x}. */
  LEAKY_RELU(x -> x > 0 ? x : 0.01 * x, From.OUTPUT, y -> y > 0 ? 1 : 0.01),
  /** {@code x} where positive, else {@code e^x - 1} (Clevert et al. 2015). */
  ELU(x -> x > 0 ? x : Math.expm1(x), From.OUTPUT, y -> y > 0 ? 1 : y + 1),
  /** The self-normalizing {@code scale * elu_alpha(x)} (Klambauer et al. 2017). */
  SELU(
      x -> x > 0 ? Constants.SELU_SCALE * x : Constants.SELU_SCALE_ALPHA * Math.expm1(x),
      From.OUTPUT,
      y -> y > 0 ? Constants.SELU_SCALE : y + Constants.SELU_SCALE_ALPHA),
  /** {@code x * Phi(x)} with the normal distribution function (Hendrycks, Gimpel 2016). */
  GELU(
      x -> x * normalDistribution(x),
      From.INPUT,
      x -> normalDistribution(x) + x * Math.exp(-x * x / 2) * Constants.NORMAL_DENSITY_AT_0),
  /** The approximation of {@link #GELU} by the hyperbolic tangent. */
  GELU_TANH(
      x -> 0.5 * x * (1 + Math.tanh(geluArgument(x))),
      From.INPUT,
      x -> {
        double t = Math.tanh(geluArgument(x));
        double slope = Constants.SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x);
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope;
      }),
  /** {@code x * sigmoid(x)}, also called swish (Elfwing et al. 2017). */
  SILU(
      x -> x * logistic(x),
      From.INPUT,
      x -> {
        double s = logistic(x);
        return s * (1 + x * (1 - s));
      }),
  /** {@code x * tanh(softplus(x))} (Misra 2019). */
  MISH(
      x -> x * Math.tanh(logOnePlusExp(x)),
      From.INPUT,
      x -> {
        double t = Math.tanh(logOnePlusExp(x));
        return t + x * (1 - t * t) * logistic(x);
      }),
  /** {@code log(1 + e^x)}. */
  SOFTPLUS(x -> logOnePlusExp(x), From.INPUT, x -> logistic(x)),
  /** {@code x / (1 + |x|)}. */
  SOFTSIGN(
      x -> x / (1 + Math.abs(x)), From.INPUT, x -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)))),
  /** {@code 1 / (1 + e^-x)}. */
  SIGMOID(x -> logistic(x), From.OUTPUT, y -> y * (1 - y)),
  /** {@code min(max(x / 6 + 1 / 2, 0), 1)}; the derivative at the corners is 0. */
  HARD_SIGMOID(
      x -> Math.min(Math.max(x / 6 + 0.5, 0), 1), From.INPUT, x -> x > -3 && x < 3 ? 1 / 6.0 : 0),
  /** The hyperbolic tangent. */
  TANH(Math::tanh, From.OUTPUT, y -> 1 - y * y),
  /** {@code min(max(x, -1), 1)}; the derivative at the corners is 0. */
  HARD_TANH(x -> Math.min(Math.max(x, -1), 1), From.INPUT, x -> x > -1 && x < 1 ? 1 : 0),
  /** {@code e^(-x^2)}. */
  GAUSSIAN(x -> Math.exp(-x * x), From.INPUT, x -> -2 * x * Math.exp(-x * x));

  /** What a derivative is most easily computed from, and what is therefore kept for it. */
  public enum From {
    /** The function's argument. */
    INPUT,
    /** The function's result. */
    OUTPUT
  }

  private static final class Constants {
    static final double SELU_SCALE = 1.0507009873554804934193349852946;
    static final double SELU_SCALE_ALPHA = SELU_SCALE * 1.6732632423543772848170429916717;
    static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
    static final double NORMAL_DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);
  }

  private final DoubleUnaryOperator forward;
  private final From from;
  private final DoubleUnaryOperator derivative;

  Unary(DoubleUnaryOperator forward, From from, DoubleUnaryOperator derivative) {
    this.forward = forward;
    this.from = from;
    this.derivative = derivative;
  }

  /** Returns the function's value at {@code x}. */
  public double forward(double x) {
    return forward.applyAsDouble(x);
  }

  /** Returns the derivative, given the argument or the result, as {@link #derivativeFrom} says. */
  public double derivative(double inputOrOutput) {
    return derivative.applyAsDouble(inputOrOutput);
  }

  /** Returns whether {@link #derivative} takes the function's argument or its result. */
  public From derivativeFrom() {
    return from;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Operands in = new Operands(this, inputs, "x").floating(0);
    return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
  }

  @Override
  public void gradient(Adjoint adjoint) {
    adjoint.give(
        0,
        () ->
            adjoint.apply(
                new Grad(this),
                from == From.INPUT ? adjoint.input(0) : adjoint.output(0),
                adjoint.upstream()));
  }

  @Override
  public OptionalInt overwrites(int output) {
    return OptionalInt.of(0);
  }

  /** Returns the constant's name in lower case, such as {@code leaky_relu}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Stable on both sides: e^x alone overflows at 710. */
  private static double logOnePlusExp(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static double normalDistribution(double x) {
    return 0.5 * Erf.erfc(-x / Math.sqrt(2));
  }

  private static double geluArgument(double x) {
    return Constants.SQRT_2_OVER_PI * (x + 0.044715 * x * x * x);
  }

  /**
   * The gradient of a function: {@code dx = dy * f'}.
   *
   * <p>Inputs: {@code xOrY}, the argument or the result as {@link #derivativeFrom} says, and {@code
   * dy}, both of one type. Output: {@code dx}, the same type.
   *
   * @param function the function differentiated
   */
  public record Grad(Unary function) implements OpSpec {

    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      Operands in = new Operands(this, inputs, "xOrY", "dy").floating(0);
      in.dtypeOfFirst(1).shapeIs(1, in.shape(0));
      return List.of(TensorType.of(in.get(0).dtype(), in.shape(0)));
    }

    @Override
    public void gradient(Adjoint adjoint) {
      throw SecondDerivativeException.of(this);
    }

    @Override
    public OptionalInt overwrites(int output) {
      return OptionalInt.of(1);
    }
  }
}
