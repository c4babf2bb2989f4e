package dev.kiln.train.schedule;

/**
 * Multiplies the rate by {@code gamma} every {@code size} steps.
 *
 * @param base the first rate
 * @param size steps between changes
 * @param gamma the factor
 */
public record StepDecay(double base, long size, double gamma) implements LearningRateSchedule {

  @Override
  public double rate(long step) {
    return base * Math.pow(gamma, (double) (step / size));
  }
}
