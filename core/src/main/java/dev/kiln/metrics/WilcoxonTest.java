package dev.kiln.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/**
 * Wilcoxon's signed-rank test of whether one of two models has the lower values, such as errors, on
 * the same rows. F. Wilcoxon, "Individual comparisons by ranking methods", 1945.
 *
 * @param firstLower rows on which the first model's value is lower
 * @param secondLower rows on which the second model's value is lower
 * @param statistic the smaller of the two sums of ranks
 * @param pValue the two-sided p-value, 1 if they never differ
 */
public record WilcoxonTest(int firstLower, int secondLower, double statistic, double pValue) {

  /** Up to so many rows that differ, without ties, the distribution is counted out. */
  private static final int MOST_EXACT = 50;

  /**
   * Compares two models row by row. Rows on which they are equal are left out, equal differences
   * share their ranks. The p-value is exact for up to 50 rows without ties, else by the normal
   * distribution with its variance corrected for ties.
   *
   * @throws InvalidRowException if the lengths differ or a value is not finite
   */
  public static WilcoxonTest of(double[] first, double[] second) {
    InvalidRowException.requireSameLength(
        "first values", first.length, "second values", second.length);
    for (int row = 0; row < first.length; row++) {
      if (!Double.isFinite(first[row]) || !Double.isFinite(second[row])) {
        throw new InvalidRowException(
            row,
            "has the values %s and %s; both must be finite".formatted(first[row], second[row]));
      }
    }
    double[] differences =
        IntStream.range(0, first.length)
            .mapToDouble(row -> first[row] - second[row])
            .filter(difference -> difference != 0)
            .toArray();
    int lower = (int) Arrays.stream(differences).filter(difference -> difference < 0).count();
    int higher = differences.length - lower;
    if (differences.length == 0) {
      return new WilcoxonTest(0, 0, 0, 1);
    }
    double[] sizes = Arrays.stream(differences).map(Math::abs).toArray();
    double[] ranks = new NaturalRanking(TiesStrategy.AVERAGE).rank(sizes);
    double below =
        IntStream.range(0, ranks.length)
            .filter(i -> differences[i] < 0)
            .mapToDouble(i -> ranks[i])
            .sum();
    double all = (double) ranks.length * (ranks.length + 1L) / 2;
    double smaller = Math.min(below, all - below);
    double ties = tieCorrection(sizes);
    double p =
        ranks.length <= MOST_EXACT && ties == 0
            ? exact((int) smaller, ranks.length)
            : normal(smaller, ranks.length, ties);
    return new WilcoxonTest(lower, higher, smaller, p);
  }

  /** The sum of t³ - t over groups of t equal sizes. */
  private static double tieCorrection(double[] sizes) {
    double[] sorted = sizes.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (int from = 0; from < sorted.length; ) {
      int to = from;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      double group = to - from;
      sum += group * group * group - group;
      from = to;
    }
    return sum;
  }

  /** Twice the share of all choices of signs whose sum of ranks is at most the statistic. */
  private static double exact(int statistic, int rows) {
    double[] shares = new double[rows * (rows + 1) / 2 + 1];
    shares[0] = 1;
    int reached = 0;
    for (int rank = 1; rank <= rows; rank++) {
      reached += rank;
      for (int sum = reached; sum >= 0; sum--) {
        shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
      }
    }
    return Math.min(1, 2 * Arrays.stream(shares, 0, statistic + 1).sum());
  }

  private static double normal(double statistic, double rows, double ties) {
    double mean = rows * (rows + 1) / 4;
    double variance = rows * (rows + 1) * (2 * rows + 1) / 24 - ties / 48;
    double z = (statistic - mean) / Math.sqrt(variance);
    return Math.min(1, 2 * new NormalDistribution().cumulativeProbability(z));
  }
}
