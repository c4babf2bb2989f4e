package dev.kiln.metrics;

import org.apache.commons.math3.distribution.NormalDistribution;

/** The score interval of a share, such as an accuracy or any other rate. */
public final class WilsonInterval {
  private WilsonInterval() {}

  /** Returns the 95 percent interval; see {@link #of(long, long, double)}. */
  public static ConfidenceInterval of(long successes, long trials) {
    return of(successes, trials, ConfidenceInterval.DEFAULT_LEVEL);
  }

  /**
   * Returns the interval of a share of independent trials; [0, 1] if there is no trial. E. Wilson,
   * "Probable inference, the law of succession, and statistical inference", 1927.
   *
   * @param successes numerator of the rate, such as TP for recall
   * @param trials denominator of the rate, such as TP + FN for recall
   * @param level confidence in (0, 1)
   */
  public static ConfidenceInterval of(long successes, long trials, double level) {
    if (successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "Wilson interval: successes must lie in [0, trials], got " + successes + " of " + trials);
    }
    ConfidenceInterval.requireLevel(level);
    if (trials == 0) {
      return new ConfidenceInterval(0, 1, level);
    }
    double z = new NormalDistribution().inverseCumulativeProbability(0.5 + level / 2);
    double share = (double) successes / trials;
    double shrink = 1 + z * z / trials;
    double center = (share + z * z / (2.0 * trials)) / shrink;
    double half =
        z * Math.sqrt(share * (1 - share) / trials + z * z / (4.0 * trials * trials)) / shrink;
    double lower = successes == 0 ? 0 : center - half;
    double upper = successes == trials ? 1 : center + half;
    return new ConfidenceInterval(lower, upper, level);
  }
}
