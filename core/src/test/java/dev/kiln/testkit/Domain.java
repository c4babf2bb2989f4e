package dev.kiln.testkit;

import dev.kiln.tensor.Philox;
import java.util.function.DoubleUnaryOperator;

/** Which values an operand of a sample takes. The same random numbers give the same values. */
@FunctionalInterface
public interface Domain {

  /** Fills an array with values, in row-major order. */
  void fill(double[] values, Philox random);

  /** Returns standard normal values. */
  static Domain normal() {
    return (values, random) -> random.fillNormal(values);
  }

  /** Returns values spread evenly over {@code [low, high)}. */
  static Domain uniform(double low, double high) {
    return (values, random) -> {
      random.fillUniform(values);
      for (int i = 0; i < values.length; i++) {
        values[i] = low + (high - low) * values[i];
      }
    };
  }

  /**
   * Returns normal values of deviation 2.5 that keep a distance from some points, such as the kinks
   * of a function or the zero of a denominator.
   */
  static Domain awayFrom(double distance, double... points) {
    return (values, random) -> {
      random.fillNormal(values);
      for (int i = 0; i < values.length; i++) {
        values[i] *= 2.5;
        for (double point : points) {
          if (Math.abs(values[i] - point) < distance) {
            values[i] = point + Math.copySign(distance, values[i] - point);
          }
        }
      }
    };
  }

  /**
   * Returns multiples of {@code step}, shifted: two operands with shifts that differ by half a step
   * are nowhere equal.
   */
  static Domain grid(double step, double shift) {
    return (values, random) -> {
      random.fillNormal(values);
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.rint(values[i] / step) * step + shift;
      }
    };
  }

  /** Returns values of which no two are closer than {@code spacing}, in random order. */
  static Domain distinct(double spacing) {
    return (values, random) -> {
      double[] keys = new double[values.length];
      random.fillUniform(keys);
      for (int i = 0; i < values.length; i++) {
        values[i] = (i - values.length / 2) * spacing;
      }
      for (int i = values.length - 1; i > 0; i--) {
        int other = (int) (keys[i] * (i + 1));
        double swapped = values[i];
        values[i] = values[other];
        values[other] = swapped;
      }
    };
  }

  /** Returns whole numbers in {@code [0, bound)}. */
  static Domain below(int bound) {
    return (values, random) -> {
      random.fillUniform(values);
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.floor(values[i] * bound);
      }
    };
  }

  /** Returns these values in turn, from the first. */
  static Domain cycle(double... cycle) {
    return (values, random) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] = cycle[i % cycle.length];
      }
    };
  }

  /** Returns this domain with a function applied to every value. */
  default Domain map(DoubleUnaryOperator function) {
    return (values, random) -> {
      fill(values, random);
      for (int i = 0; i < values.length; i++) {
        values[i] = function.applyAsDouble(values[i]);
      }
    };
  }
}
