package dev.kiln.metrics;

/**
 * The receiver operating characteristic: true against false positive rate at every distinct score.
 *
 * <p>Begins with the threshold +infinity at (0, 0) and drops no point, as scikit-learn's {@code
 * roc_curve(..., drop_intermediate=False)}. A rate without any row to count is NaN at every point.
 */
public final class RocCurve {
  private final ThresholdCounts counts;

  RocCurve(ThresholdCounts counts) {
    this.counts = counts;
  }

  /** Returns the number of points, one more than there are distinct scores. */
  public int size() {
    return counts.size() + 1;
  }

  /** Returns the threshold of point i, +infinity for the first. */
  public double threshold(int i) {
    return i == 0 ? Double.POSITIVE_INFINITY : counts.threshold(i - 1);
  }

  /** Returns the false positive rate at point i. */
  public double falsePositiveRate(int i) {
    int falsePositives = i == 0 ? 0 : counts.falsePositives(i - 1);
    return (double) falsePositives / counts.negatives();
  }

  /** Returns the true positive rate at point i. */
  public double truePositiveRate(int i) {
    int truePositives = i == 0 ? 0 : counts.truePositives(i - 1);
    return (double) truePositives / counts.positives();
  }

  /**
   * Returns the area under the curve by trapezoids, NaN if a class has no row.
   *
   * <p>It is the share of (positive, negative) pairs ranked rightly, a tie counting half, and so a
   * ratio of whole numbers rounded once.
   */
  public double area() {
    if (!counts.hasBothClasses()) {
      return Double.NaN;
    }
    long twice = 0;
    for (int i = 0; i < counts.size(); i++) {
      long before = i == 0 ? 0 : counts.truePositives(i - 1);
      twice += counts.negativesAt(i) * (before + counts.truePositives(i));
    }
    return twice / (2.0 * counts.positives() * counts.negatives());
  }
}
