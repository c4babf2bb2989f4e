package dev.kiln.nn;

import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import java.util.Arrays;

/**
 * How a parameter's first values are drawn. The numbers depend on the random stream alone, so that
 * the same seed gives the same weights on every backend.
 */
@FunctionalInterface
public interface Initializer {

  /**
   * Draws all values of a parameter.
   *
   * @param shape the parameter's shape, the output dimension first
   * @param random the parameter's own stream
   * @return one value for each element, in row-major order
   */
  double[] draw(Shape shape, Philox random);

  /** Returns an initializer that makes every value the same. */
  static Initializer constant(double value) {
    return (shape, random) -> {
      double[] values = new double[Math.toIntExact(shape.elements())];
      Arrays.fill(values, value);
      return values;
    };
  }

  /** Returns an initializer that makes every value zero. */
  static Initializer zeros() {
    return constant(0);
  }

  /** Returns an initializer that makes every value one. */
  static Initializer ones() {
    return constant(1);
  }
}
