package dev.kiln.train.schedule;

/**
 * Changes the factor of the rate evenly from {@code start} to {@code end}, then leaves it: a
 * warm-up or a cool-down.
 *
 * @param base the rate at factor 1
 * @param start the first factor
 * @param end the last factor
 * @param steps how many steps the change takes
 */
public record LinearRamp(double base, double start, double end, long steps)
    implements LearningRateSchedule {

  @Override
  public double rate(long step) {
    double done = Math.min((double) step / steps, 1);
    return base * (start + (end - start) * done);
  }
}
