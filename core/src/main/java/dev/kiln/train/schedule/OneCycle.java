package dev.kiln.train.schedule;

/**
 * Rises from {@code peak / 25} to the peak in the first 30 percent of the steps and falls to {@code
 * peak / 250,000} in the rest, both along half a cosine (Smith, Topin 2018).
 *
 * @param peak the highest rate
 * @param steps all steps of the training; later ones keep the last rate
 */
public record OneCycle(double peak, long steps) implements LearningRateSchedule {

  private static final double RISING_SHARE = 0.3;
  private static final double FIRST_DIVISOR = 25;
  private static final double LAST_DIVISOR = 1e4;

  @Override
  public double rate(long step) {
    double first = peak / FIRST_DIVISOR;
    double last = first / LAST_DIVISOR;
    double top = RISING_SHARE * steps - 1;
    double end = steps - 1.0;
    return step <= top
        ? between(first, peak, step / top)
        : between(peak, last, Math.min((step - top) / (end - top), 1));
  }

  private static double between(double from, double to, double done) {
    return to + (from - to) * (1 + Math.cos(Math.PI * done)) / 2;
  }
}
