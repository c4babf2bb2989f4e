package dev.kiln.metrics;

import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The evaluation of binary scores: curves, areas and, at one threshold, counts and rates.
 * Immutable.
 */
public final class BinaryEvaluation implements Evaluation {
  /** The threshold of an evaluation that was given none. */
  public static final double DEFAULT_THRESHOLD = 0.5;

  /** Bins of the expected calibration error read by name, as in Guo et al., 2017. */
  public static final int CALIBRATION_BINS = 15;

  private static final MetricTable<BinaryEvaluation> TABLE = table();

  private final ThresholdCounts scores;
  private final double threshold;

  BinaryEvaluation(ThresholdCounts scores, double threshold) {
    ThresholdCounts.requireThreshold(threshold);
    this.scores = scores;
    this.threshold = threshold;
  }

  private static MetricTable<BinaryEvaluation> table() {
    MetricTable<BinaryEvaluation> table = new MetricTable<>("a binary evaluation");
    for (Metric metric : BinaryCounts.metrics()) {
      ToDoubleFunction<BinaryCounts> rate = BinaryCounts.rate(metric);
      table.with(metric, evaluation -> rate.applyAsDouble(evaluation.counts()));
    }
    return table
        .with(Metric.LOG_LOSS, BinaryEvaluation::logLoss)
        .with(Metric.BRIER, BinaryEvaluation::brier)
        .with(Metric.ROC_AUC, BinaryEvaluation::rocAuc)
        .with(Metric.AVERAGE_PRECISION, BinaryEvaluation::averagePrecision)
        .with(
            Metric.PR_AUC_TRAPEZOID,
            evaluation -> evaluation.precisionRecallCurve().trapezoidArea())
        .with(
            Metric.EXPECTED_CALIBRATION_ERROR,
            evaluation ->
                evaluation
                    .calibration(CALIBRATION_BINS, CalibrationCurve.Binning.UNIFORM)
                    .expectedCalibrationError());
  }

  /**
   * Returns the same rows evaluated at another threshold; a score equal to it counts as positive.
   */
  public BinaryEvaluation at(double newThreshold) {
    return new BinaryEvaluation(scores, newThreshold);
  }

  /** Returns the threshold of the counts and rates. */
  public double threshold() {
    return threshold;
  }

  /** Returns the counts at every distinct score. */
  public ThresholdCounts scores() {
    return scores;
  }

  /** Returns the counts at the threshold, and through them every rate. */
  public BinaryCounts counts() {
    return scores.countsAt(threshold);
  }

  /**
   * Returns the distinct score that is the best threshold by a rate, the highest among equals.
   *
   * @param metric a metric of counts with a better direction, such as {@link Metric#F1}
   * @return the threshold, NaN if the metric is undefined at every one
   * @throws IllegalArgumentException if the metric needs more than counts or has no better
   *     direction
   */
  public double bestThreshold(Metric metric) {
    ToDoubleFunction<BinaryCounts> rate = BinaryCounts.rate(metric);
    return switch (metric.direction()) {
      case HIGHER_IS_BETTER -> bestThreshold(rate);
      case LOWER_IS_BETTER -> bestThreshold(counts -> -rate.applyAsDouble(counts));
      case DESCRIPTIVE ->
          throw new IllegalArgumentException(
              "metrics: '" + metric + "' has no better direction; choose another metric");
    };
  }

  /** Returns the distinct score at which {@code value} is largest, the highest among equals. */
  public double bestThreshold(ToDoubleFunction<BinaryCounts> value) {
    int best = scores.argMax(value);
    return best < 0 ? Double.NaN : scores.threshold(best);
  }

  /**
   * Returns the mean negative logarithm of the probability given to the truth, clipped by epsilon.
   */
  public double logLoss() {
    return ProbabilityScores.logLoss(scores);
  }

  /** Returns the mean squared distance between score and label. */
  public double brier() {
    return ProbabilityScores.brier(scores);
  }

  /** Returns the ROC curve. */
  public RocCurve rocCurve() {
    return new RocCurve(scores);
  }

  /** Returns the area under the ROC curve, NaN if a class has no row. */
  public double rocAuc() {
    return rocCurve().area();
  }

  /** Returns the precision-recall curve. */
  public PrecisionRecallCurve precisionRecallCurve() {
    return new PrecisionRecallCurve(scores);
  }

  /** Returns the step sum of precision over recall, NaN if a class has no row. */
  public double averagePrecision() {
    return precisionRecallCurve().averagePrecision();
  }

  /**
   * Returns the observed share of positives against the mean score.
   *
   * @param bins how many bins, at least 1
   * @param binning how their edges are chosen
   */
  public CalibrationCurve calibration(int bins, CalibrationCurve.Binning binning) {
    return CalibrationCurve.of(scores, bins, binning);
  }

  @Override
  public long rows() {
    return scores.rows();
  }

  @Override
  public Set<Metric> metrics() {
    return TABLE.metrics();
  }

  @Override
  public double value(Metric metric) {
    return TABLE.function(metric).applyAsDouble(this);
  }
}
