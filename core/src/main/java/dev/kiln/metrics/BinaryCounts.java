package dev.kiln.metrics;

import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The four counts of a two-class decision, and every rate made of them.
 *
 * <p>A rate whose denominator is zero is 0, as in scikit-learn with {@code zero_division=0};
 * Cohen's kappa alone is NaN there.
 *
 * @param tp true positives
 * @param fp false positives
 * @param tn true negatives
 * @param fn false negatives
 */
public record BinaryCounts(long tp, long fp, long tn, long fn) {
  private static final MetricTable<BinaryCounts> RATES =
      new MetricTable<BinaryCounts>("a two-class decision")
          .with(Metric.ACCURACY, BinaryCounts::accuracy)
          .with(Metric.BALANCED_ACCURACY, BinaryCounts::balancedAccuracy)
          .with(Metric.PRECISION, BinaryCounts::precision)
          .with(Metric.RECALL, BinaryCounts::recall)
          .with(Metric.SPECIFICITY, BinaryCounts::specificity)
          .with(Metric.FALSE_POSITIVE_RATE, BinaryCounts::falsePositiveRate)
          .with(Metric.NEGATIVE_PREDICTIVE_VALUE, BinaryCounts::negativePredictiveValue)
          .with(Metric.F1, BinaryCounts::f1)
          .with(Metric.F0_5, counts -> counts.fBeta(0.5))
          .with(Metric.F2, counts -> counts.fBeta(2))
          .with(Metric.MATTHEWS, BinaryCounts::matthews)
          .with(Metric.KAPPA, BinaryCounts::kappa)
          .with(Metric.DETECTION_RATE, BinaryCounts::detectionRate)
          .with(Metric.DETECTION_PREVALENCE, BinaryCounts::detectionPrevalence);

  /** Checks that no count is negative. */
  public BinaryCounts {
    if (tp < 0 || fp < 0 || tn < 0 || fn < 0) {
      throw new IllegalArgumentException(
          "metrics: counts cannot be negative, got tp "
              + tp
              + " fp "
              + fp
              + " tn "
              + tn
              + " fn "
              + fn);
    }
  }

  /** Returns the metrics that the four counts decide, in the order in which to show them. */
  public static Set<Metric> metrics() {
    return RATES.metrics();
  }

  /**
   * Returns how a metric is computed from counts.
   *
   * @throws IllegalArgumentException if it needs more than the four counts
   */
  public static ToDoubleFunction<BinaryCounts> rate(Metric metric) {
    return RATES.function(metric);
  }

  /** Returns the sums of the counts. */
  public BinaryCounts plus(BinaryCounts other) {
    return new BinaryCounts(tp + other.tp, fp + other.fp, tn + other.tn, fn + other.fn);
  }

  /** Returns the number of rows. */
  public long total() {
    return tp + fp + tn + fn;
  }

  /** Returns the number of rows that are truly positive, TP + FN. */
  public long support() {
    return tp + fn;
  }

  /** Returns (TP + TN) / all. */
  public double accuracy() {
    return ratio(tp + tn, total());
  }

  /**
   * Returns the mean of sensitivity and specificity, over those of the two classes that have rows.
   */
  public double balancedAccuracy() {
    return confusionMatrix().balancedAccuracy();
  }

  /** Returns TP / (TP + FP), the positive predictive value. */
  public double precision() {
    return ratio(tp, tp + fp);
  }

  /** Returns TP / (TP + FN), the sensitivity or true positive rate. */
  public double recall() {
    return ratio(tp, tp + fn);
  }

  /** Returns TN / (TN + FP), the true negative rate. */
  public double specificity() {
    return ratio(tn, tn + fp);
  }

  /** Returns FP / (FP + TN), also called fall-out. */
  public double falsePositiveRate() {
    return ratio(fp, fp + tn);
  }

  /** Returns TN / (TN + FN). */
  public double negativePredictiveValue() {
    return ratio(tn, tn + fn);
  }

  /** Returns the harmonic mean of precision and recall. */
  public double f1() {
    return fBeta(1);
  }

  /**
   * Returns (1 + beta²) TP / ((1 + beta²) TP + beta² FN + FP).
   *
   * @param beta how many times recall counts as much as precision, finite and at least 0
   */
  public double fBeta(double beta) {
    if (!(beta >= 0 && Double.isFinite(beta))) {
      throw new IllegalArgumentException(
          "metrics: F-beta needs a finite beta of at least 0, got " + beta);
    }
    double square = beta * beta;
    double denominator = square * (tp + fn) + (tp + fp);
    return denominator == 0 ? 0 : (1 + square) * tp / denominator;
  }

  /**
   * Returns the Matthews correlation coefficient, 0 if a class is never true or never predicted.
   */
  public double matthews() {
    return confusionMatrix().matthews();
  }

  /** Returns Cohen's kappa, NaN if truth and prediction are all of one same class. */
  public double kappa() {
    return confusionMatrix().kappa();
  }

  /** Returns TP / all. */
  public double detectionRate() {
    return ratio(tp, total());
  }

  /** Returns (TP + FP) / all, the share of rows predicted positive. */
  public double detectionPrevalence() {
    return ratio(tp + fp, total());
  }

  /** Returns the counts as a matrix: class 0 is negative, class 1 positive. */
  public ConfusionMatrix confusionMatrix() {
    return ConfusionMatrix.of(new long[][] {{tn, fp}, {fn, tp}});
  }

  /** Returns the sums of the counts of several classes. */
  static BinaryCounts sum(List<BinaryCounts> counts) {
    return counts.stream().reduce(new BinaryCounts(0, 0, 0, 0), BinaryCounts::plus);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
