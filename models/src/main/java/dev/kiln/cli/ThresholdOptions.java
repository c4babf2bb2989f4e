package dev.kiln.cli;

import dev.kiln.evaluation.Decision;
import dev.kiln.evaluation.Examination;
import dev.kiln.metrics.BinaryCounts;
import dev.kiln.metrics.Direction;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.models.task.Task;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the probabilities of two classes become one of them. */
final class ThresholdOptions {

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description =
          "Of two classes, from which probability on the one looked for is predicted; or a metric"
              + " such as f1, for the threshold that is best by it on the validation part. Default:"
              + " the more probable class.")
  private @Nullable String threshold;

  @Option(
      names = "--positive",
      paramLabel = "CLASS",
      description = "Of two classes, the one looked for. Default: the second.")
  private @Nullable String positive;

  /**
   * Checks the options before anything is computed.
   *
   * @throws UsageException if they do not fit the task, or name no class, number or metric
   */
  void check(Task task) {
    if (threshold == null && positive == null) {
      return;
    }
    List<String> classes = task.classes();
    if (classes.size() != 2) {
      throw new UsageException(
          "%s decides between two classes, but the model %s"
              .formatted(
                  threshold == null ? "--positive" : "--threshold",
                  classes.isEmpty()
                      ? "does not tell classes apart"
                      : "tells %d classes apart".formatted(classes.size())));
    }
    if (positive != null && !classes.contains(positive)) {
      throw NamedConstants.unknown("class", positive, classes);
    }
    if (threshold != null && number(threshold).isEmpty()) {
      metric(threshold);
    }
  }

  /**
   * Returns the decision.
   *
   * @param validation examines the samples by which a best threshold is chosen
   */
  Decision decision(Task task, Supplier<Examination> validation) {
    Decision usual = Decision.mostProbable(task.classes().size());
    int label = positive == null ? usual.positive() : task.classes().indexOf(positive);
    if (threshold == null) {
      return new Decision(label, OptionalDouble.empty());
    }
    OptionalDouble number = number(threshold);
    if (number.isPresent()) {
      return new Decision(label, number);
    }
    MulticlassEvaluation scores = (MulticlassEvaluation) validation.get().evaluation();
    double best = scores.oneVsRest(label).bestThreshold(metric(threshold));
    if (Double.isNaN(best)) {
      throw new UsageException(
          "--threshold %s: it is undefined at every threshold on the validation part"
              .formatted(threshold));
    }
    return new Decision(label, OptionalDouble.of(best));
  }

  private static OptionalDouble number(String text) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException _) {
      return OptionalDouble.empty();
    }
    if (!(value >= 0 && value <= 1)) {
      throw new UsageException("--threshold must be from 0 to 1, not " + text);
    }
    return OptionalDouble.of(value);
  }

  private static Metric metric(String name) {
    List<Metric> rates =
        BinaryCounts.metrics().stream()
            .filter(metric -> metric.direction() != Direction.DESCRIPTIVE)
            .toList();
    try {
      Metric metric = Metric.named(name);
      if (rates.contains(metric)) {
        return metric;
      }
    } catch (IllegalArgumentException unknown) {
      throw new UsageException(
          "--threshold must be a number from 0 to 1 or one of %s, not %s".formatted(rates, name),
          unknown);
    }
    throw new UsageException(
        "--threshold must be a number from 0 to 1 or one of %s, not %s".formatted(rates, name));
  }
}
