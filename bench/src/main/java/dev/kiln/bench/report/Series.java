package dev.kiln.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbers measured one after the other.
 *
 * @param values at least one
 */
public record Series(List<Double> values) {

  /**
   * Copies the values.
   *
   * @throws IllegalArgumentException if there are none
   */
  public Series {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a series has at least one value");
    }
  }

  /** Returns the value in the middle, or the mean of the two there. */
  public double median() {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** Returns the smallest value. */
  public double min() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  /** Returns the largest value. */
  public double max() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  /** Returns this series divided by another one, pair by pair, as far as both go. */
  public Series ratios(Series divisor) {
    int pairs = Math.min(values.size(), divisor.values.size());
    return new Series(
        IntStream.range(0, pairs).mapToObj(i -> values.get(i) / divisor.values.get(i)).toList());
  }
}
