package dev.kiln.metrics;

import java.util.function.IntPredicate;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;

/**
 * McNemar's test of whether two classifiers err equally often on the same rows. Q. McNemar, "Note
 * on the sampling error of the difference between correlated proportions or percentages", 1947.
 *
 * @param onlyFirstRight rows that only the first classifier has right
 * @param onlySecondRight rows that only the second classifier has right
 */
public record McNemarTest(int onlyFirstRight, int onlySecondRight) {
  /** Below so many rows of disagreement the chi-squared approximation is poor. */
  private static final int EXACT_BELOW = 25;

  /** Checks that no count is negative. */
  public McNemarTest {
    if (onlyFirstRight < 0 || onlySecondRight < 0) {
      throw new IllegalArgumentException(
          "McNemar's test: counts cannot be negative, got "
              + onlyFirstRight
              + " and "
              + onlySecondRight);
    }
  }

  /**
   * Counts the rows on which two classifiers disagree.
   *
   * @throws InvalidRowException if the lengths differ
   */
  public static McNemarTest of(int[] targets, int[] first, int[] second) {
    InvalidRowException.requireSameLength(
        "targets", targets.length, "first predictions", first.length);
    InvalidRowException.requireSameLength(
        "targets", targets.length, "second predictions", second.length);
    return ofRight(
        targets.length, row -> first[row] == targets[row], row -> second[row] == targets[row]);
  }

  /**
   * Counts the rows on which two models disagree, such as sequences that only one has right.
   *
   * @param rows how many there are
   * @param first whether the first model has a row right
   * @param second whether the second has
   */
  public static McNemarTest ofRight(int rows, IntPredicate first, IntPredicate second) {
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int row = 0; row < rows; row++) {
      boolean firstRight = first.test(row);
      boolean secondRight = second.test(row);
      onlyFirst += firstRight && !secondRight ? 1 : 0;
      onlySecond += secondRight && !firstRight ? 1 : 0;
    }
    return new McNemarTest(onlyFirst, onlySecond);
  }

  /** Returns the p-value: exact below 25 rows of disagreement, else by chi-squared. */
  public double pValue() {
    return disagreements() < EXACT_BELOW ? exactPValue() : chiSquaredPValue();
  }

  /** Returns the two-sided p-value by the binomial distribution, 1 if they never disagree. */
  public double exactPValue() {
    if (disagreements() == 0 || onlyFirstRight == onlySecondRight) {
      return 1;
    }
    return new BinomialTest()
        .binomialTest(disagreements(), onlyFirstRight, 0.5, AlternativeHypothesis.TWO_SIDED);
  }

  /** Returns the statistic with Edwards' continuity correction, 0 if they never disagree. */
  public double chiSquared() {
    double excess = Math.max(0, Math.abs(onlyFirstRight - onlySecondRight) - 1);
    return disagreements() == 0 ? 0 : excess * excess / disagreements();
  }

  /** Returns the p-value of {@link #chiSquared()} with one degree of freedom. */
  public double chiSquaredPValue() {
    // Chi-squared with one degree of freedom is a squared normal, whose lower tail keeps its
    // digits.
    return 2 * new NormalDistribution().cumulativeProbability(-Math.sqrt(chiSquared()));
  }

  private int disagreements() {
    return Math.addExact(onlyFirstRight, onlySecondRight);
  }
}
