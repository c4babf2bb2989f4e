package dev.kiln.train.schedule;

/**
 * Lets the rate fall to 0 as a power of the steps left.
 *
 * @param base the first rate
 * @param steps how many steps until 0
 * @param power the exponent, 1 for a straight line
 */
public record PolynomialDecay(double base, long steps, double power)
    implements LearningRateSchedule {

  @Override
  public double rate(long step) {
    return base * Math.pow(1 - Math.min((double) step / steps, 1), power);
  }
}
