package dev.kiln.metrics;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.apache.commons.math3.stat.ranking.NaNStrategy;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/**
 * DeLong's test of whether two models have the same area under the ROC curve on the same rows. E.
 * DeLong, D. DeLong and D. Clarke-Pearson, "Comparing the areas under two or more correlated
 * receiver operating characteristic curves", 1988; by ranks as X. Sun and W. Xu, "Fast
 * implementation of DeLong's algorithm", 2014.
 *
 * @param firstArea area of the first model
 * @param secondArea area of the second model
 * @param variance variance of the difference of the areas, at least 0
 */
public record DeLongTest(double firstArea, double secondArea, double variance) {
  /**
   * Compares two models.
   *
   * @param targets 0 or 1 per row, at least two rows of each
   * @param first scores of the first model, in [0, 1]
   * @param second scores of the second model, in [0, 1]
   * @throws InvalidRowException if a row is bad or the lengths differ
   * @throws IllegalArgumentException if a class has fewer than two rows: no variance is defined
   */
  public static DeLongTest of(int[] targets, double[] first, double[] second) {
    Placements a = Placements.of(targets, first);
    Placements b = Placements.of(targets, second);
    double ofPositives = differenceVariance(a.positives, b.positives) / a.positives.length;
    double ofNegatives = differenceVariance(a.negatives, b.negatives) / a.negatives.length;
    return new DeLongTest(a.area(), b.area(), ofPositives + ofNegatives);
  }

  /** Returns the standardized difference; 0 for equal areas, infinite for a sure difference. */
  public double z() {
    double difference = firstArea - secondArea;
    return difference == 0 ? 0 : difference / Math.sqrt(variance);
  }

  /** Returns the two-sided p-value, 1 for equal areas. */
  public double pValue() {
    // The lower tail keeps its digits where 1 minus the upper one would be rounded away.
    return Math.min(1, 2 * new NormalDistribution().cumulativeProbability(-Math.abs(z())));
  }

  private static double differenceVariance(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return new Covariance().covariance(difference, difference);
  }

  /**
   * For each row the share of rows of the other class that it is ranked rightly against, a tie
   * counting half.
   */
  private record Placements(double[] positives, double[] negatives) {
    static Placements of(int[] targets, double[] scores) {
      InvalidRowException.requireSameLength("targets", targets.length, "scores", scores.length);
      int positives = 0;
      for (int row = 0; row < targets.length; row++) {
        InvalidRowException.requireBinaryLabel(row, targets[row]);
        InvalidRowException.requireProbability(row, scores[row]);
        positives += targets[row];
      }
      int negatives = targets.length - positives;
      if (positives < 2 || negatives < 2) {
        throw new IllegalArgumentException(
            "DeLong's test: at least two rows of each class are needed, got "
                + positives
                + " positive and "
                + negatives
                + " negative");
      }
      double[] positiveScores = select(targets, scores, 1, positives);
      double[] negativeScores = select(targets, scores, 0, negatives);
      double[] ranks = midranks(scores);
      double[] positiveRanks = select(targets, ranks, 1, positives);
      double[] negativeRanks = select(targets, ranks, 0, negatives);
      double[] withinPositives = midranks(positiveScores);
      double[] withinNegatives = midranks(negativeScores);
      for (int i = 0; i < positives; i++) {
        positiveRanks[i] = (positiveRanks[i] - withinPositives[i]) / negatives;
      }
      for (int i = 0; i < negatives; i++) {
        negativeRanks[i] = 1 - (negativeRanks[i] - withinNegatives[i]) / positives;
      }
      return new Placements(positiveRanks, negativeRanks);
    }

    double area() {
      ExactSum sum = new ExactSum();
      for (double placement : positives) {
        sum.add(placement);
      }
      return sum.value() / positives.length;
    }

    private static double[] midranks(double[] scores) {
      return new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE).rank(scores);
    }

    private static double[] select(int[] targets, double[] values, int label, int size) {
      double[] selected = new double[size];
      int next = 0;
      for (int row = 0; row < targets.length; row++) {
        if (targets[row] == label) {
          selected[next++] = values[row];
        }
      }
      return selected;
    }
  }
}
