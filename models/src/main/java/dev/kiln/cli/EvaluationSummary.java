package dev.kiln.cli;

import dev.kiln.evaluation.Decision;
import dev.kiln.evaluation.Examination;
import dev.kiln.metrics.ClassificationReport;
import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.models.Numbers;
import dev.kiln.models.task.Baseline;
import dev.kiln.report.ClassificationResults;
import dev.kiln.report.GradientScaling;
import dev.kiln.report.MeasuredMetric;
import dev.kiln.report.Results;
import dev.kiln.train.Monitor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How good a model is on some samples, in figures.
 *
 * @param checkpoint whose weights it has
 * @param data the name of the data set
 * @param part the name of its part
 * @param examination what it said
 * @param decision how its probabilities became classes
 * @param results what came of it
 * @param baselines how good simple methods are on the same samples
 * @param scaling how gradients were scaled while it was trained; empty unless in fp16
 */
record EvaluationSummary(
    String checkpoint,
    String data,
    String part,
    Examination examination,
    Decision decision,
    Results results,
    List<Baseline> baselines,
    Optional<GradientScaling> scaling) {

  /** Returns which samples these are, in one line. */
  String subject() {
    return "%s, %s part, %s".formatted(data, part, results.size());
  }

  /** Returns the figures for people. */
  String render() {
    StringBuilder text = new StringBuilder();
    if (results instanceof ClassificationResults classes) {
      text.append("loss      %s%n".formatted(Numbers.metric(results.loss())));
      renderClasses(classes, text);
    } else {
      int width =
          results.metrics().stream()
              .mapToInt(measured -> measured.metric().id().length())
              .max()
              .orElse(0);
      width = Math.max(width, Monitor.LOSS.length());
      text.append(Monitor.LOSS + " ".repeat(width - Monitor.LOSS.length() + 2));
      text.append(Numbers.metric(results.loss())).append(System.lineSeparator());
      for (MeasuredMetric measured : results.metrics()) {
        String id = measured.metric().id();
        text.append(id + " ".repeat(width - id.length() + 2));
        text.append(Numbers.metric(measured.value())).append(System.lineSeparator());
      }
    }
    baselines.forEach(baseline -> text.append("%nto be beaten: %s%n".formatted(line(baseline))));
    scaling.ifPresent(scaled -> text.append("%nin training, %s%n".formatted(scaled.sentence())));
    return text.toString();
  }

  /** Returns a baseline as {@code letter frequencies: accuracy 0.1234}. */
  static String line(Baseline baseline) {
    Evaluation evaluation = baseline.evaluation();
    Set<Metric> shown =
        evaluation instanceof MulticlassEvaluation ? Set.of(Metric.ACCURACY) : evaluation.metrics();
    return baseline.name()
        + ": "
        + shown.stream()
            .map(metric -> metric.id() + " " + Numbers.metric(evaluation.value(metric)))
            .collect(Collectors.joining(", "));
  }

  private void renderClasses(ClassificationResults classes, StringBuilder text) {
    boolean binary = classes.classes().size() == 2;
    List<Metric> headline =
        binary
            ? List.of(Metric.ACCURACY, Metric.ROC_AUC, Metric.AVERAGE_PRECISION)
            : List.of(Metric.ACCURACY);
    for (MeasuredMetric measured : classes.metrics()) {
      if (headline.contains(measured.metric())) {
        text.append(
            (binary ? "%-17s %s%s%n" : "%-9s %s%s%n")
                .formatted(
                    shortName(measured.metric()),
                    Numbers.metric(measured.value()),
                    measured
                        .interval()
                        .map(range ->
                            String.format(
                                Locale.ROOT, "  95%%: %.4f to %.4f", range.lower(), range.upper()))
                        .orElse("")));
      }
    }
    if (binary) {
      text.append(
          "%nlooked for is %s, predicted %s%n"
              .formatted(
                  classes.classes().get(classes.positive()),
                  classes.threshold().isPresent()
                      ? "from the probability "
                          + Numbers.shortest(classes.threshold().getAsDouble())
                          + " on"
                      : "where it is the more probable class"));
    }
    text.append(System.lineSeparator());
    text.append(ClassificationReport.of(classes.confusionMatrix(), classes.classes()).render(4));
  }

  private static String shortName(Metric metric) {
    return switch (metric) {
      case ROC_AUC -> "ROC AUC";
      case AVERAGE_PRECISION -> "average precision";
      default -> metric.id();
    };
  }

  /** Returns the figures for programs. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("checkpoint", checkpoint);
    values.put("data", data);
    values.put("part", part);
    values.put("samples", results.rows());
    values.put("loss", results.loss());
    if (results instanceof ClassificationResults classes) {
      values.put("metrics", examination.evaluation().toMap());
      if (classes.classes().size() == 2) {
        values.put("positive", positive(classes));
      }
      values.put("confusion", classes.confusionMatrix().toArray());
      values.put(
          "classes", ClassificationReport.of(classes.confusionMatrix(), classes.classes()).toMap());
    } else {
      values.put("metrics", values(results.metrics()));
    }
    values.put("intervals", intervals(results.metrics()));
    if (!baselines.isEmpty()) {
      Map<String, Object> simple = new LinkedHashMap<>();
      baselines.forEach(each -> simple.put(each.name(), each.evaluation().toMap()));
      values.put("baselines", simple);
    }
    scaling.ifPresent(scaled -> values.put("gradient_scaling", scaled.toMap()));
    return values;
  }

  private static Map<String, @Nullable Object> positive(ClassificationResults classes) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("class", classes.classes().get(classes.positive()));
    values.put(
        "threshold", classes.threshold().isPresent() ? classes.threshold().getAsDouble() : null);
    values.put("metrics", values(classes.metrics()));
    return values;
  }

  private static Map<String, @Nullable Double> values(List<MeasuredMetric> metrics) {
    Map<String, @Nullable Double> values = new LinkedHashMap<>();
    for (MeasuredMetric measured : metrics) {
      double value = measured.value();
      values.put(measured.metric().id(), Double.isFinite(value) ? value : null);
    }
    return values;
  }

  private static Map<String, List<Double>> intervals(List<MeasuredMetric> metrics) {
    Map<String, List<Double>> intervals = new LinkedHashMap<>();
    for (MeasuredMetric measured : metrics) {
      measured
          .interval()
          .ifPresent(range ->
              intervals.put(measured.metric().id(), List.of(range.lower(), range.upper())));
    }
    return intervals;
  }
}
