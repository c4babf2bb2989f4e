package dev.kiln.metrics;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** How the values of several classes or labels become one. */
public enum Average {
  /** The plain mean over all classes, present or not. */
  MACRO,
  /** The value of the counts (or rows) of all classes put together. */
  MICRO,
  /** The mean weighted by each class's number of true rows; 0 if no class has any. */
  WEIGHTED;

  /**
   * Returns the average of a rate over classes.
   *
   * @param counts one entry per class, each against the rest
   * @param rate the rate, such as {@code BinaryCounts::precision}
   */
  public double of(List<BinaryCounts> counts, ToDoubleFunction<BinaryCounts> rate) {
    return switch (this) {
      case MACRO -> counts.stream().mapToDouble(rate).sum() / counts.size();
      case MICRO -> rate.applyAsDouble(BinaryCounts.sum(counts));
      case WEIGHTED -> weighted(counts, rate);
    };
  }

  private static double weighted(List<BinaryCounts> counts, ToDoubleFunction<BinaryCounts> rate) {
    double sum = 0;
    long support = 0;
    for (BinaryCounts one : counts) {
      sum += one.support() * rate.applyAsDouble(one);
      support += one.support();
    }
    return support == 0 ? 0 : sum / support;
  }
}
