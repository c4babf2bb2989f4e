package dev.kiln.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The immutable outcome of an evaluation, from which any of its metrics can be read by name. */
public sealed interface Evaluation
    permits BinaryEvaluation,
        MulticlassEvaluation,
        MultilabelEvaluation,
        RegressionEvaluation,
        LikelihoodEvaluation,
        SequenceEvaluation {
  /** Returns the number of rows evaluated (tokens for a likelihood, sequences for sequences). */
  long rows();

  /** Returns the metrics that this kind of evaluation has, in the order in which to show them. */
  Set<Metric> metrics();

  /**
   * Returns the value of a metric, NaN where it is undefined for these rows.
   *
   * @throws UnknownMetricException if this kind of evaluation has no such metric
   */
  double value(Metric metric);

  /** Returns every metric by name, null where it is undefined: ready to be written as JSON. */
  default Map<String, @Nullable Double> toMap() {
    Map<String, @Nullable Double> values = new LinkedHashMap<>();
    for (Metric metric : metrics()) {
      double value = value(metric);
      values.put(metric.id(), Double.isFinite(value) ? value : null);
    }
    return values;
  }
}
