package dev.kiln.metrics;

/** Which way a metric improves. */
public enum Direction {
  /** Larger values are better, as for accuracy. */
  HIGHER_IS_BETTER,
  /** Smaller values are better, as for an error or a loss. */
  LOWER_IS_BETTER,
  /** Neither way is better: the value describes, it does not rank. */
  DESCRIPTIVE
}
