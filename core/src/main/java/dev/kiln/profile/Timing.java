package dev.kiln.profile;

/**
 * How long something took, over all the times it was seen.
 *
 * @param subject what it is
 * @param count how often
 * @param medianNanos the median of one time, in nanoseconds: the first runs, before the JVM has
 *     compiled them, do not move it
 * @param totalNanos all times together, in nanoseconds
 */
public record Timing(Subject subject, int count, long medianNanos, long totalNanos) {

  /**
   * Returns what it adds to each of a number of steps, in nanoseconds: the median, as often as it
   * was seen.
   */
  public double nanosPerStep(int steps) {
    return steps == 0 ? 0 : (double) medianNanos * count / steps;
  }
}
