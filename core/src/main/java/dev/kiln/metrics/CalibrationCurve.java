package dev.kiln.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * The observed share of positives against the mean score, in bins of the score.
 *
 * @param bins the bins that have rows, from the lowest scores up
 */
public record CalibrationCurve(List<Bin> bins) {
  /**
   * One bin of scores.
   *
   * @param meanScore mean score of its rows
   * @param positiveShare share of its rows that are positive
   * @param rows number of its rows, at least 1
   */
  public record Bin(double meanScore, double positiveShare, long rows) {}

  /** How the edges between bins are chosen. */
  public enum Binning {
    /** Equally wide bins of [0, 1]. */
    UNIFORM,
    /**
     * Edges at the quantiles of the scores, interpolated linearly: about equally many rows each.
     */
    QUANTILE
  }

  /** Copies the list. */
  public CalibrationCurve {
    bins = List.copyOf(bins);
  }

  /**
   * Bins scores as scikit-learn's {@code calibration_curve}: a score on an edge falls in the lower
   * bin.
   */
  static CalibrationCurve of(ThresholdCounts counts, int binCount, Binning binning) {
    if (binCount < 1) {
      throw new IllegalArgumentException(
          "metrics: calibration needs at least one bin, got " + binCount);
    }
    double[] edges =
        switch (binning) {
          case UNIFORM -> uniformEdges(binCount);
          case QUANTILE -> quantileEdges(counts, binCount);
        };
    List<Bin> bins = new ArrayList<>();
    int entry = counts.size() - 1; // scores descend, bins ascend
    for (int bin = 0; bin < binCount; bin++) {
      ExactSum scores = new ExactSum();
      long rows = 0;
      long positives = 0;
      while (entry >= 0 && (bin == binCount - 1 || counts.threshold(entry) <= edges[bin])) {
        int tied = counts.positivesAt(entry) + counts.negativesAt(entry);
        scores.add(counts.threshold(entry) * tied);
        rows += tied;
        positives += counts.positivesAt(entry);
        entry--;
      }
      if (rows > 0) {
        bins.add(new Bin(scores.value() / rows, (double) positives / rows, rows));
      }
    }
    return new CalibrationCurve(bins);
  }

  /**
   * Returns the mean distance between score and share of positives, weighted by rows. C. Guo et
   * al., "On calibration of modern neural networks", 2017.
   */
  public double expectedCalibrationError() {
    double sum = 0;
    long rows = 0;
    for (Bin bin : bins) {
      sum += bin.rows * Math.abs(bin.positiveShare - bin.meanScore);
      rows += bin.rows;
    }
    return sum / rows;
  }

  /** Returns the upper edges of all bins but the last. */
  private static double[] uniformEdges(int binCount) {
    double[] edges = new double[binCount - 1];
    double step = 1.0 / binCount;
    for (int i = 0; i < edges.length; i++) {
      edges[i] = (i + 1) * step;
    }
    return edges;
  }

  /** Returns the interior quantiles of the scores, interpolated between neighbours in rank. */
  private static double[] quantileEdges(ThresholdCounts counts, int binCount) {
    double[] edges = new double[binCount - 1];
    double step = 1.0 / binCount;
    int entry = counts.size() - 1;
    for (int i = 0; i < edges.length; i++) {
      // By way of a percentage as in scikit-learn, whose last bit can decide on which side of an
      // edge a score falls.
      double position = (i + 1) * step * 100 / 100 * (counts.rows() - 1);
      long rank = (long) position;
      while (counts.rowsUpTo(entry) <= rank) {
        entry--;
      }
      boolean nextRankIsHigher = rank + 1 < counts.rows() && counts.rowsUpTo(entry) <= rank + 1;
      double low = counts.threshold(entry);
      double high = counts.threshold(nextRankIsHigher ? entry - 1 : entry);
      edges[i] = interpolate(low, high, position - rank);
    }
    return edges;
  }

  /** Interpolates from the nearer end, as NumPy does, so that the ends come out exactly. */
  private static double interpolate(double low, double high, double share) {
    double gap = high - low;
    return share < 0.5 ? low + gap * share : high - gap * (1 - share);
  }
}
