package dev.kiln.metrics;

import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The evaluation of class probabilities. Of two classes it has by name also the metrics of the
 * second against the first, such as {@link Metric#F1}. Immutable.
 */
public final class MulticlassEvaluation implements Evaluation {
  /** Of two classes the one that rates without an average are of. */
  private static final int POSITIVE = 1;

  private static final MetricTable<MulticlassEvaluation> WITHOUT_CURVES = commonTable();
  private static final MetricTable<MulticlassEvaluation> WITH_CURVES = withAreas(commonTable());
  private static final MetricTable<MulticlassEvaluation> TWO_WITHOUT_CURVES =
      withPositive(commonTable());
  private static final MetricTable<MulticlassEvaluation> TWO_WITH_CURVES =
      withPositiveAreas(withPositive(withAreas(commonTable())));

  private final ConfusionMatrix confusion;
  private final long[] rankCounts;
  private final double logLoss;
  private final double brier;
  private final ScoredLabels confidences;
  private final List<ScoredLabels> classScores;

  /**
   * Takes what was accumulated.
   *
   * @param rankCounts how many rows have so many classes before the true one
   * @param confidences probability of the predicted class, and whether that was right
   * @param classScores scores of each class against the rest, empty without curves
   */
  MulticlassEvaluation(
      ConfusionMatrix confusion,
      long[] rankCounts,
      double logLoss,
      double brier,
      ScoredLabels confidences,
      List<ScoredLabels> classScores) {
    this.confusion = confusion;
    this.rankCounts = rankCounts;
    this.logLoss = logLoss;
    this.brier = brier;
    this.confidences = confidences;
    this.classScores = classScores;
  }

  private static MetricTable<MulticlassEvaluation> commonTable() {
    MetricTable<MulticlassEvaluation> table =
        new MetricTable<MulticlassEvaluation>("a multiclass evaluation")
            .with(Metric.ACCURACY, evaluation -> evaluation.confusion.accuracy())
            .with(Metric.BALANCED_ACCURACY, evaluation -> evaluation.confusion.balancedAccuracy())
            .with(Metric.TOP_3_ACCURACY, evaluation -> evaluation.topKAccuracy(3))
            .with(Metric.TOP_5_ACCURACY, evaluation -> evaluation.topKAccuracy(5));
    AveragedRates.addTo(table, evaluation -> evaluation.confusion.perClass());
    return table
        .with(Metric.MATTHEWS, evaluation -> evaluation.confusion.matthews())
        .with(Metric.KAPPA, evaluation -> evaluation.confusion.kappa())
        .with(Metric.LOG_LOSS, MulticlassEvaluation::logLoss)
        .with(Metric.BRIER, MulticlassEvaluation::brier)
        .with(
            Metric.EXPECTED_CALIBRATION_ERROR,
            evaluation ->
                evaluation
                    .calibration(
                        BinaryEvaluation.CALIBRATION_BINS, CalibrationCurve.Binning.UNIFORM)
                    .expectedCalibrationError());
  }

  private static MetricTable<MulticlassEvaluation> withAreas(
      MetricTable<MulticlassEvaluation> table) {
    return table
        .with(Metric.ROC_AUC_MACRO, evaluation -> evaluation.rocAuc(Average.MACRO))
        .with(Metric.ROC_AUC_MICRO, evaluation -> evaluation.rocAuc(Average.MICRO))
        .with(Metric.ROC_AUC_WEIGHTED, evaluation -> evaluation.rocAuc(Average.WEIGHTED))
        .with(
            Metric.AVERAGE_PRECISION_MACRO,
            evaluation -> evaluation.averagePrecision(Average.MACRO));
  }

  /** Adds, for two classes, the rates of the second against the first. */
  private static MetricTable<MulticlassEvaluation> withPositive(
      MetricTable<MulticlassEvaluation> table) {
    for (Metric metric : BinaryCounts.metrics()) {
      if (!table.metrics().contains(metric)) {
        ToDoubleFunction<BinaryCounts> rate = BinaryCounts.rate(metric);
        table.with(
            metric, evaluation -> rate.applyAsDouble(evaluation.confusion.oneVsRest(POSITIVE)));
      }
    }
    return table;
  }

  /** Adds, for two classes, the areas of the second against the first. */
  private static MetricTable<MulticlassEvaluation> withPositiveAreas(
      MetricTable<MulticlassEvaluation> table) {
    for (Metric area : List.of(Metric.ROC_AUC, Metric.AVERAGE_PRECISION, Metric.PR_AUC_TRAPEZOID)) {
      table.with(area, evaluation -> evaluation.oneVsRest(POSITIVE).value(area));
    }
    return table;
  }

  /** Returns the counts of true against predicted classes, and through them every rate. */
  public ConfusionMatrix confusionMatrix() {
    return confusion;
  }

  /**
   * Returns the share of rows whose true class is among the k most probable.
   *
   * <p>Among equal probabilities the higher class ranks first, as in scikit-learn.
   *
   * @param k at least 1; from the number of classes on the result is 1
   */
  public double topKAccuracy(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("metrics: top-k accuracy needs k of at least 1, got " + k);
    }
    long hits = 0;
    for (int rank = 0; rank < Math.min(k, rankCounts.length); rank++) {
      hits += rankCounts[rank];
    }
    return (double) hits / rows();
  }

  /**
   * Returns the mean negative logarithm of the probability of the true class, clipped by epsilon.
   */
  public double logLoss() {
    return logLoss;
  }

  /**
   * Returns the mean over rows of the sum over classes of squared errors, in [0, 2]; of two classes
   * half of it, which is the binary Brier score.
   */
  public double brier() {
    return brier;
  }

  /**
   * Returns the scores of one class against the rest, at the threshold 0.5.
   *
   * @throws IllegalStateException if the accumulator kept no curves
   */
  public BinaryEvaluation oneVsRest(int label) {
    return requireScores().get(label).evaluate();
  }

  /**
   * Returns the area under the one-against-the-rest ROC curves, NaN if any class has no row (or
   * all).
   *
   * @throws IllegalStateException if the accumulator kept no curves
   */
  public double rocAuc(Average average) {
    return AveragedAreas.of(requireScores(), average, BinaryEvaluation::rocAuc);
  }

  /**
   * Returns the average precision of each class against the rest, averaged; NaN if any class has no
   * row (or all).
   *
   * @throws IllegalStateException if the accumulator kept no curves
   */
  public double averagePrecision(Average average) {
    return AveragedAreas.of(requireScores(), average, BinaryEvaluation::averagePrecision);
  }

  /**
   * Returns the accuracy against the confidence, the probability of the predicted class.
   *
   * @param bins how many bins of [0, 1], at least 1
   * @param binning how their edges are chosen
   */
  public CalibrationCurve calibration(int bins, CalibrationCurve.Binning binning) {
    return CalibrationCurve.of(confidences.ranked(), bins, binning);
  }

  @Override
  public long rows() {
    return confusion.total();
  }

  @Override
  public Set<Metric> metrics() {
    return table().metrics();
  }

  @Override
  public double value(Metric metric) {
    return table().function(metric).applyAsDouble(this);
  }

  private MetricTable<MulticlassEvaluation> table() {
    if (confusion.classes() == 2) {
      return classScores.isEmpty() ? TWO_WITHOUT_CURVES : TWO_WITH_CURVES;
    }
    return classScores.isEmpty() ? WITHOUT_CURVES : WITH_CURVES;
  }

  private List<ScoredLabels> requireScores() {
    if (classScores.isEmpty()) {
      throw new IllegalStateException(
          "metrics: the accumulator kept no scores for curves; create it by withCurves");
    }
    return classScores;
  }
}
