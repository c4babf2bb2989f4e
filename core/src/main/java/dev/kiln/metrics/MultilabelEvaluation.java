package dev.kiln.metrics;

import java.util.List;
import java.util.Set;

/** The evaluation of several independent binary labels, at one threshold. Immutable. */
public final class MultilabelEvaluation implements Evaluation {
  private static final MetricTable<MultilabelEvaluation> TABLE = table();

  private final List<BinaryEvaluation> perLabel;
  private final List<ScoredLabels> labelScores;
  private final MatchIntervals matches;
  private final double threshold;

  /**
   * Takes what was accumulated.
   *
   * @param perLabel evaluation of each label
   * @param labelScores the rows of each label, which areas over all labels need
   * @param matches at which thresholds each row is right as a whole
   */
  MultilabelEvaluation(
      List<BinaryEvaluation> perLabel,
      List<ScoredLabels> labelScores,
      MatchIntervals matches,
      double threshold) {
    ThresholdCounts.requireThreshold(threshold);
    this.perLabel = perLabel;
    this.labelScores = labelScores;
    this.matches = matches;
    this.threshold = threshold;
  }

  private static MetricTable<MultilabelEvaluation> table() {
    MetricTable<MultilabelEvaluation> table =
        new MetricTable<MultilabelEvaluation>("a multilabel evaluation")
            .with(Metric.SUBSET_ACCURACY, MultilabelEvaluation::subsetAccuracy)
            .with(Metric.HAMMING_LOSS, MultilabelEvaluation::hammingLoss);
    AveragedRates.addTo(table, MultilabelEvaluation::counts);
    return table
        .with(Metric.ROC_AUC_MACRO, evaluation -> evaluation.rocAuc(Average.MACRO))
        .with(Metric.ROC_AUC_MICRO, evaluation -> evaluation.rocAuc(Average.MICRO))
        .with(Metric.ROC_AUC_WEIGHTED, evaluation -> evaluation.rocAuc(Average.WEIGHTED))
        .with(
            Metric.AVERAGE_PRECISION_MACRO,
            evaluation -> evaluation.averagePrecision(Average.MACRO));
  }

  /**
   * Returns the same rows evaluated at another threshold; a score equal to it counts as positive.
   */
  public MultilabelEvaluation at(double newThreshold) {
    List<BinaryEvaluation> moved = perLabel.stream().map(one -> one.at(newThreshold)).toList();
    return new MultilabelEvaluation(moved, labelScores, matches, newThreshold);
  }

  /** Returns the threshold of the counts and rates. */
  public double threshold() {
    return threshold;
  }

  /** Returns the number of labels. */
  public int labels() {
    return perLabel.size();
  }

  /** Returns the evaluation of one label by itself. */
  public BinaryEvaluation label(int label) {
    return perLabel.get(label);
  }

  /**
   * Returns the counts of every label at the threshold; {@link Average#of} makes them one value.
   */
  public List<BinaryCounts> counts() {
    return perLabel.stream().map(BinaryEvaluation::counts).toList();
  }

  /** Returns the share of rows whose labels are all right. */
  public double subsetAccuracy() {
    return (double) matches.matchesAt(threshold) / rows();
  }

  /** Returns the share of single labels that are wrong. */
  public double hammingLoss() {
    BinaryCounts pooled = BinaryCounts.sum(counts());
    return (double) (pooled.fp() + pooled.fn()) / pooled.total();
  }

  /** Returns the area under the labels' ROC curves, NaN if a label that counts is constant. */
  public double rocAuc(Average average) {
    return AveragedAreas.of(labelScores, average, BinaryEvaluation::rocAuc);
  }

  /** Returns the labels' average precision, NaN if a label that counts is constant. */
  public double averagePrecision(Average average) {
    return AveragedAreas.of(labelScores, average, BinaryEvaluation::averagePrecision);
  }

  @Override
  public long rows() {
    return matches.size();
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
