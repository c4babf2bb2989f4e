package dev.kiln.metrics;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * The decision counts at every distinct score, from the highest score down. Immutable.
 *
 * <p>All that curves, areas and thresholds need: at entry i every row with a score of at least
 * {@code threshold(i)} is predicted positive. Tied scores are one entry.
 */
public final class ThresholdCounts {
  private final double[] thresholds;
  private final int[] tp;
  private final int[] fp;

  private ThresholdCounts(double[] thresholds, int[] tp, int[] fp) {
    this.thresholds = thresholds;
    this.tp = tp;
    this.fp = fp;
  }

  /** Creates the counts from rows of {@link ScoredLabels}, sorted ascending. */
  static ThresholdCounts ofAscending(long[] sorted) {
    double[] thresholds = new double[sorted.length];
    int[] tp = new int[sorted.length];
    int[] fp = new int[sorted.length];
    int size = 0;
    int positives = 0;
    for (int i = sorted.length - 1; i >= 0; i--) {
      positives += ScoredLabels.label(sorted[i]);
      boolean lastOfTie = i == 0 || sorted[i - 1] >>> 1 != sorted[i] >>> 1;
      if (lastOfTie) {
        thresholds[size] = ScoredLabels.score(sorted[i]);
        tp[size] = positives;
        fp[size] = sorted.length - i - positives;
        size++;
      }
    }
    return trimmed(thresholds, tp, fp, size);
  }

  /**
   * Returns the counts of other rows at the same scores; scores without a row drop out.
   *
   * @param rowsAt at index 2i the negative rows at entry i, at 2i + 1 the positive ones
   */
  ThresholdCounts withMultiplicities(int[] rowsAt) {
    double[] kept = new double[size()];
    int[] truePositives = new int[size()];
    int[] falsePositives = new int[size()];
    int keptSize = 0;
    int positives = 0;
    int negatives = 0;
    for (int i = 0; i < size(); i++) {
      if (rowsAt[2 * i] > 0 || rowsAt[2 * i + 1] > 0) {
        negatives += rowsAt[2 * i];
        positives += rowsAt[2 * i + 1];
        kept[keptSize] = thresholds[i];
        truePositives[keptSize] = positives;
        falsePositives[keptSize] = negatives;
        keptSize++;
      }
    }
    return trimmed(kept, truePositives, falsePositives, keptSize);
  }

  private static ThresholdCounts trimmed(double[] thresholds, int[] tp, int[] fp, int size) {
    return new ThresholdCounts(
        Arrays.copyOf(thresholds, size), Arrays.copyOf(tp, size), Arrays.copyOf(fp, size));
  }

  /** Returns the number of distinct scores. */
  public int size() {
    return thresholds.length;
  }

  /** Returns the i-th highest distinct score. */
  public double threshold(int i) {
    return thresholds[i];
  }

  /** Returns how many positive rows have a score of at least {@code threshold(i)}. */
  public int truePositives(int i) {
    return tp[i];
  }

  /** Returns how many negative rows have a score of at least {@code threshold(i)}. */
  public int falsePositives(int i) {
    return fp[i];
  }

  /** Returns how many positive rows have exactly the score {@code threshold(i)}. */
  public int positivesAt(int i) {
    return i == 0 ? tp[0] : tp[i] - tp[i - 1];
  }

  /** Returns how many negative rows have exactly the score {@code threshold(i)}. */
  public int negativesAt(int i) {
    return i == 0 ? fp[0] : fp[i] - fp[i - 1];
  }

  /** Returns the number of positive rows. */
  public int positives() {
    return tp[size() - 1];
  }

  /** Returns the number of negative rows. */
  public int negatives() {
    return fp[size() - 1];
  }

  /** Returns the number of rows. */
  public int rows() {
    return positives() + negatives();
  }

  /** Returns how many rows have a score of at most {@code threshold(i)}. */
  int rowsUpTo(int i) {
    return i == 0 ? rows() : rows() - tp[i - 1] - fp[i - 1];
  }

  /** Returns whether rows of both classes are there, without which no area is defined. */
  public boolean hasBothClasses() {
    return positives() > 0 && negatives() > 0;
  }

  /** Returns the counts when the i-th highest distinct score is the threshold. */
  public BinaryCounts counts(int i) {
    return new BinaryCounts(tp[i], fp[i], negatives() - fp[i], positives() - tp[i]);
  }

  /** Returns the counts when a score of at least {@code threshold} is predicted positive. */
  public BinaryCounts countsAt(double threshold) {
    requireThreshold(threshold);
    int low = 0; // the number of distinct scores that reach the threshold
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (thresholds[middle] >= threshold) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? new BinaryCounts(0, 0, negatives(), positives()) : counts(low - 1);
  }

  /**
   * Returns the entry whose counts give the largest value, the highest threshold among equals.
   *
   * @return the entry, or -1 if the value is NaN everywhere
   */
  int argMax(ToDoubleFunction<BinaryCounts> value) {
    int best = -1;
    double bestValue = Double.NaN;
    for (int i = 0; i < size(); i++) {
      double candidate = value.applyAsDouble(counts(i));
      if (candidate > bestValue || (best < 0 && !Double.isNaN(candidate))) {
        best = i;
        bestValue = candidate;
      }
    }
    return best;
  }

  /** Checks that a threshold is a number; it may be infinite. */
  static void requireThreshold(double threshold) {
    if (Double.isNaN(threshold)) {
      throw new IllegalArgumentException("metrics: the threshold is NaN; pass a number");
    }
  }
}
