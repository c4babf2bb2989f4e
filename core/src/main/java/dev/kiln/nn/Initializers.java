package dev.kiln.nn;

import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import org.apache.commons.math3.special.Erf;

/**
 * The established ways to draw first weights, named and defined as in {@code torch.nn.init}. A
 * weight is [out, in] or [out, in, kernel...]. Only {@link StrictMath}, exactly rounded operations
 * and pure Java are used, so that a seed gives the same bits everywhere.
 */
public final class Initializers {

  private Initializers() {}

  /**
   * Returns uniform numbers in [low, high).
   *
   * @throws IllegalArgumentException if the range is empty
   */
  public static Initializer uniform(double low, double high) {
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "uniform: low must be below high, but got [%s, %s)".formatted(low, high));
    }
    return (shape, random) -> {
      double[] values = new double[count(shape)];
      random.fillUniform(values);
      for (int i = 0; i < values.length; i++) {
        values[i] = low + (high - low) * values[i];
      }
      return values;
    };
  }

  /**
   * Returns normally distributed numbers.
   *
   * @throws IllegalArgumentException if the deviation is not positive
   */
  public static Initializer normal(double mean, double deviation) {
    checkDeviation(deviation);
    return (shape, random) -> {
      double[] values = standardNormal(shape, random);
      for (int i = 0; i < values.length; i++) {
        values[i] = mean + deviation * values[i];
      }
      return values;
    };
  }

  /**
   * Returns normally distributed numbers that lie within two deviations of the mean: the normal
   * distribution given that they do, drawn by the inverse of its distribution function.
   *
   * @throws IllegalArgumentException if the deviation is not positive
   */
  public static Initializer truncatedNormal(double mean, double deviation) {
    return truncatedNormal(mean, deviation, mean - 2 * deviation, mean + 2 * deviation);
  }

  /**
   * Returns normally distributed numbers that lie in [low, high]: the normal distribution given
   * that they do, drawn by the inverse of its distribution function.
   *
   * @throws IllegalArgumentException if the deviation is not positive, or the range is empty or
   *     further than five deviations from the mean, where the inverse loses its digits
   */
  public static Initializer truncatedNormal(
      double mean, double deviation, double low, double high) {
    checkDeviation(deviation);
    if (!(low < high) || low > mean + 5 * deviation || high < mean - 5 * deviation) {
      throw new IllegalArgumentException(
          "truncated_normal: the range must not be empty and must come within five deviations of the mean, but got [%s, %s] for mean %s, deviation %s"
              .formatted(low, high, mean, deviation));
    }
    double scale = deviation * Math.sqrt(2);
    double least = Erf.erf((low - mean) / scale);
    double most = Erf.erf((high - mean) / scale);
    return (shape, random) -> {
      double[] values = new double[count(shape)];
      random.fillUniform(values);
      for (int i = 0; i < values.length; i++) {
        double value = mean + scale * Erf.erfInv(least + (most - least) * values[i]);
        values[i] = Math.clamp(value, low, high);
      }
      return values;
    };
  }

  /**
   * Returns Xavier's uniform initialization (Glorot, Bengio 2010): within {@code gain sqrt(6 /
   * (fanIn + fanOut))} of 0.
   *
   * @param gain see {@link Gain}; 1 for linear and sigmoid
   */
  public static Initializer xavierUniform(double gain) {
    return (shape, random) -> {
      double bound = Math.sqrt(3) * xavierDeviation(shape, gain);
      return uniform(-bound, bound).draw(shape, random);
    };
  }

  /**
   * Returns Xavier's normal initialization (Glorot, Bengio 2010): deviation {@code gain sqrt(2 /
   * (fanIn + fanOut))}.
   *
   * @param gain see {@link Gain}; 1 for linear and sigmoid
   */
  public static Initializer xavierNormal(double gain) {
    return (shape, random) -> normal(0, xavierDeviation(shape, gain)).draw(shape, random);
  }

  private static double xavierDeviation(Shape shape, double gain) {
    return gain * Math.sqrt(2.0 / (Fan.IN.of(shape) + Fan.OUT.of(shape)));
  }

  /**
   * Returns Kaiming's uniform initialization (He et al. 2015): within {@code gain sqrt(3 / fan)} of
   * 0.
   *
   * @param fan which scale is kept, usually {@link Fan#IN}
   * @param gain see {@link Gain}; sqrt(2) for ReLU
   */
  public static Initializer kaimingUniform(Fan fan, double gain) {
    return (shape, random) -> {
      double bound = Math.sqrt(3) * gain / Math.sqrt(fan.of(shape));
      return uniform(-bound, bound).draw(shape, random);
    };
  }

  /**
   * Returns Kaiming's normal initialization (He et al. 2015): deviation {@code gain / sqrt(fan)}.
   *
   * @param fan which scale is kept, usually {@link Fan#IN}
   * @param gain see {@link Gain}; sqrt(2) for ReLU
   */
  public static Initializer kaimingNormal(Fan fan, double gain) {
    return (shape, random) -> normal(0, gain / Math.sqrt(fan.of(shape))).draw(shape, random);
  }

  /**
   * Returns PyTorch's default for the weights of linear layers and convolutions: Kaiming's uniform
   * one for a leaky ReLU of slope sqrt(5), which lies within {@code 1 / sqrt(fanIn)} of 0.
   */
  public static Initializer fanInUniform() {
    return kaimingUniform(Fan.IN, Gain.leakyRelu(Math.sqrt(5)));
  }

  /**
   * Returns a random orthogonal matrix (Saxe, McClelland, Ganguli 2013) times a gain: the weight
   * seen as a matrix [out, everything else] has orthonormal rows, or columns if it has fewer of
   * these.
   *
   * @param gain see {@link Gain}; 1 for linear
   */
  public static Initializer orthogonal(double gain) {
    return (shape, random) -> {
      if (shape.rank() < 2) {
        throw new IllegalArgumentException(
            "only a weight [out, in, ...] can be orthogonal, not one of the shape " + shape);
      }
      int rows = shape.dim(0);
      double[] values =
          OrthonormalMatrix.of(standardNormal(shape, random), rows, count(shape) / rows);
      for (int i = 0; i < values.length; i++) {
        values[i] *= gain;
      }
      return values;
    };
  }

  private static double[] standardNormal(Shape shape, Philox random) {
    double[] values = new double[count(shape)];
    random.fillNormal(values);
    return values;
  }

  private static int count(Shape shape) {
    return Math.toIntExact(shape.elements());
  }

  private static void checkDeviation(double deviation) {
    if (!(deviation > 0)) {
      throw new IllegalArgumentException(
          "normal: the deviation must be positive, but is " + deviation);
    }
  }
}
