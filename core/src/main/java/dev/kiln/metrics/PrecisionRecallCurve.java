package dev.kiln.metrics;

/**
 * Precision against recall at every distinct score, from the lowest score up.
 *
 * <p>Ends with an extra point (recall 0, precision 1) that has no threshold, as scikit-learn's
 * {@code precision_recall_curve}. Without a positive row, recall is 1 at every other point.
 */
public final class PrecisionRecallCurve {
  private final ThresholdCounts counts;

  PrecisionRecallCurve(ThresholdCounts counts) {
    this.counts = counts;
  }

  /** Returns the number of points, one more than there are thresholds. */
  public int size() {
    return counts.size() + 1;
  }

  /** Returns the threshold of point i; the last point has none: +infinity. */
  public double threshold(int i) {
    return isEnd(i) ? Double.POSITIVE_INFINITY : counts.threshold(entry(i));
  }

  /** Returns the precision at point i. */
  public double precision(int i) {
    if (isEnd(i)) {
      return 1;
    }
    int truePositives = counts.truePositives(entry(i));
    return (double) truePositives / (truePositives + counts.falsePositives(entry(i)));
  }

  /** Returns the recall at point i. */
  public double recall(int i) {
    if (isEnd(i)) {
      return 0;
    }
    return counts.positives() == 0
        ? 1
        : (double) counts.truePositives(entry(i)) / counts.positives();
  }

  /** Returns the step sum of precision over recall, NaN if a class has no row. */
  public double averagePrecision() {
    if (!counts.hasBothClasses()) {
      return Double.NaN;
    }
    double sum = 0;
    for (int i = size() - 2; i >= 0; i--) {
      sum += (recall(i) - recall(i + 1)) * precision(i);
    }
    return sum;
  }

  /** Returns the area under the curve by trapezoids, NaN if a class has no row. */
  public double trapezoidArea() {
    if (!counts.hasBothClasses()) {
      return Double.NaN;
    }
    double sum = 0;
    for (int i = size() - 2; i >= 0; i--) {
      sum += (recall(i) - recall(i + 1)) * (precision(i) + precision(i + 1)) / 2;
    }
    return sum;
  }

  private boolean isEnd(int i) {
    return i == counts.size();
  }

  private int entry(int i) {
    return counts.size() - 1 - i;
  }
}
