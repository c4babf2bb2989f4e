package dev.kiln.report;

import dev.kiln.metrics.BinaryCounts;
import dev.kiln.metrics.BinaryEvaluation;
import dev.kiln.metrics.Bootstrap;
import dev.kiln.metrics.CalibrationCurve;
import dev.kiln.metrics.ConfidenceInterval;
import dev.kiln.metrics.ConfusionMatrix;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.metrics.WilsonInterval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How good a classifier is.
 *
 * @param classes the names of the classes
 * @param loss the mean loss
 * @param evaluation the probabilities, kept with their curves
 * @param positive of two classes the one that is looked for; of more the one shown first
 * @param threshold from which probability on the positive one of two classes is predicted; without
 *     it the most probable class is
 * @param worst the mistakes with the least probability for the truth
 * @param confident the mistakes with the most probability for what is wrong
 */
public record ClassificationResults(
    List<String> classes,
    double loss,
    MulticlassEvaluation evaluation,
    int positive,
    OptionalDouble threshold,
    List<Mistake> worst,
    List<Mistake> confident)
    implements Results {

  /** Beyond so many classes curves are drawn coarser, or the page would grow too large. */
  private static final int MANY_CLASSES = 20;

  private static final double FINE = 1.0 / 512;
  private static final double COARSE = 1.0 / 64;
  private static final long BOOTSTRAP_SEED = 1;

  /** Above so many scores, rows times classes, no bootstrap is made. */
  private static final long MOST_BOOTSTRAPPED = 200_000;

  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if there is a threshold but not exactly two classes, or the
   *     classes are not those of the evaluation
   */
  public ClassificationResults {
    classes = List.copyOf(classes);
    worst = List.copyOf(worst);
    confident = List.copyOf(confident);
    if (classes.size() != evaluation.confusionMatrix().classes()) {
      throw new IllegalArgumentException(
          "results: %d names for %d classes"
              .formatted(classes.size(), evaluation.confusionMatrix().classes()));
    }
    if (threshold.isPresent() && classes.size() != 2) {
      throw new IllegalArgumentException(
          "results: a threshold decides between two classes, but there are " + classes.size());
    }
  }

  @Override
  public long rows() {
    return evaluation.rows();
  }

  /** Returns how often each class was predicted as each, by the threshold if there is one. */
  public ConfusionMatrix confusionMatrix() {
    if (threshold.isEmpty()) {
      return evaluation.confusionMatrix();
    }
    BinaryCounts counts = evaluation.oneVsRest(positive).at(threshold.getAsDouble()).counts();
    return positive == 1
        ? counts.confusionMatrix()
        : ConfusionMatrix.of(new long[][] {{counts.tp(), counts.fn()}, {counts.fp(), counts.tn()}});
  }

  /**
   * Returns of two classes the metrics of the positive one, with intervals; of more those of all.
   */
  @Override
  public List<MeasuredMetric> metrics() {
    List<MeasuredMetric> measured = new ArrayList<>();
    if (classes.size() != 2) {
      for (Metric metric : evaluation.metrics()) {
        measured.add(
            new MeasuredMetric(
                metric,
                evaluation.value(metric),
                metric == Metric.ACCURACY ? Optional.of(accuracy()) : Optional.empty()));
      }
      return measured;
    }
    BinaryEvaluation binary = binary(positive);
    BinaryCounts counts = confusionMatrix().oneVsRest(positive);
    for (Metric metric : binary.metrics()) {
      double value =
          BinaryCounts.metrics().contains(metric)
              ? BinaryCounts.rate(metric).applyAsDouble(counts)
              : binary.value(metric);
      measured.add(new MeasuredMetric(metric, value, interval(metric, counts, binary)));
    }
    return measured;
  }

  private BinaryEvaluation binary(int label) {
    return evaluation.oneVsRest(label).at(threshold.orElse(BinaryEvaluation.DEFAULT_THRESHOLD));
  }

  private ConfidenceInterval accuracy() {
    return WilsonInterval.of(
        Math.round(evaluation.value(Metric.ACCURACY) * evaluation.rows()), evaluation.rows());
  }

  private Optional<ConfidenceInterval> interval(
      Metric metric, BinaryCounts counts, BinaryEvaluation binary) {
    return switch (metric) {
      case ACCURACY -> wilson(counts.tp() + counts.tn(), counts.total());
      case PRECISION -> wilson(counts.tp(), counts.tp() + counts.fp());
      case RECALL -> wilson(counts.tp(), counts.support());
      case SPECIFICITY -> wilson(counts.tn(), counts.tn() + counts.fp());
      case FALSE_POSITIVE_RATE -> wilson(counts.fp(), counts.tn() + counts.fp());
      case NEGATIVE_PREDICTIVE_VALUE -> wilson(counts.tn(), counts.tn() + counts.fn());
      case DETECTION_RATE -> wilson(counts.tp(), counts.total());
      case DETECTION_PREVALENCE -> wilson(counts.tp() + counts.fp(), counts.total());
      case ROC_AUC, AVERAGE_PRECISION, PR_AUC_TRAPEZOID -> bootstrap(metric, binary);
      default -> Optional.empty();
    };
  }

  private static Optional<ConfidenceInterval> wilson(long successes, long trials) {
    return Optional.of(WilsonInterval.of(successes, trials));
  }

  private Optional<ConfidenceInterval> bootstrap(Metric metric, BinaryEvaluation binary) {
    boolean affordable = rows() * classes.size() <= MOST_BOOTSTRAPPED;
    return affordable && binary.scores().hasBothClasses()
        ? Optional.of(
            Bootstrap.seeded(BOOTSTRAP_SEED).interval(binary, drawn -> drawn.value(metric)))
        : Optional.empty();
  }

  @Override
  public String exhibited() {
    return "Mistakes";
  }

  @Override
  public Map<String, @Nullable Object> details() {
    ConfusionMatrix matrix = confusionMatrix();
    double resolution = classes.size() > MANY_CLASSES ? COARSE : FINE;
    List<BinaryEvaluation> binary =
        IntStream.range(0, classes.size()).mapToObj(this::binary).toList();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("kind", "classification");
    values.put("classes", classes);
    values.put("positive", positive);
    values.put("threshold", threshold.isPresent() ? threshold.getAsDouble() : null);
    values.put("confusion", matrix.toArray());
    values.put(
        "perClass",
        IntStream.range(0, classes.size())
            .mapToObj(label -> row(classes.get(label), matrix.oneVsRest(label), binary.get(label)))
            .toList());
    values.put(
        "curves", binary.stream().map(one -> new CurvePoints(one, resolution).toMap()).toList());
    values.put("calibration", toMap(calibration()));
    values.put("confident", confident.stream().map(Mistake::toMap).toList());
    return values;
  }

  /** Returns the points of the positive class's curves, as JSON has them. */
  Map<String, @Nullable Object> positiveCurve() {
    return new CurvePoints(binary(positive), FINE).toMap();
  }

  /** Of two classes the curve of the positive one's probability, else that of the confidence. */
  private CalibrationCurve calibration() {
    return classes.size() == 2
        ? evaluation
            .oneVsRest(positive)
            .calibration(BinaryEvaluation.CALIBRATION_BINS, CalibrationCurve.Binning.UNIFORM)
        : evaluation.calibration(
            BinaryEvaluation.CALIBRATION_BINS, CalibrationCurve.Binning.UNIFORM);
  }

  private Map<String, @Nullable Object> row(
      String name, BinaryCounts counts, BinaryEvaluation binary) {
    ConfidenceInterval recall = WilsonInterval.of(counts.tp(), counts.support());
    ConfidenceInterval precision = WilsonInterval.of(counts.tp(), counts.tp() + counts.fp());
    Optional<ConfidenceInterval> area = bootstrap(Metric.ROC_AUC, binary);
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("name", name);
    values.put("support", counts.support());
    values.put("predicted", counts.tp() + counts.fp());
    values.put("precision", counts.precision());
    values.put("precisionRange", List.of(precision.lower(), precision.upper()));
    values.put("recall", counts.recall());
    values.put("recallRange", List.of(recall.lower(), recall.upper()));
    values.put("specificity", counts.specificity());
    values.put("f1", counts.f1());
    values.put("rocAuc", Json.number(binary.rocAuc()));
    values.put(
        "rocAucRange", area.map(range -> List.of(range.lower(), range.upper())).orElse(null));
    values.put("averagePrecision", Json.number(binary.averagePrecision()));
    return values;
  }

  private static Map<String, @Nullable Object> toMap(CalibrationCurve curve) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("error", Json.number(curve.expectedCalibrationError()));
    values.put("bins", curve.bins());
    return values;
  }
}
