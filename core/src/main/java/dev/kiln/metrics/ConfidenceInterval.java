package dev.kiln.metrics;

/**
 * A range that covers the true value with a stated confidence.
 *
 * @param lower lower end
 * @param upper upper end
 * @param level confidence in (0, 1), such as 0.95
 */
public record ConfidenceInterval(double lower, double upper, double level) {
  /** The level used where none is given. */
  public static final double DEFAULT_LEVEL = 0.95;

  /** Checks the level. */
  public ConfidenceInterval {
    requireLevel(level);
  }

  static void requireLevel(double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "metrics: the confidence level must lie in (0, 1), got " + level);
    }
  }
}
