package dev.kiln.train.schedule;

/**
 * Multiplies the rate by {@code gamma} at every step.
 *
 * @param base the first rate
 * @param gamma the factor
 */
public record ExponentialDecay(double base, double gamma) implements LearningRateSchedule {

  @Override
  public double rate(long step) {
    return base * Math.pow(gamma, step);
  }
}
