package dev.kiln.report;

import dev.kiln.metrics.ConfidenceInterval;
import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A metric with its value.
 *
 * @param metric which
 * @param value its value, NaN where it is undefined
 * @param interval where the true value lies, where that was worked out
 */
public record MeasuredMetric(Metric metric, double value, Optional<ConfidenceInterval> interval) {

  /** Returns every metric of an evaluation, without intervals. */
  static List<MeasuredMetric> of(Evaluation evaluation) {
    return evaluation.metrics().stream()
        .map(metric -> new MeasuredMetric(metric, evaluation.value(metric), Optional.empty()))
        .toList();
  }

  /** Returns the values as JSON has them: null for one that is undefined. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("id", metric.id());
    values.put("title", Titles.of(metric));
    values.put("direction", metric.direction().name());
    values.put("value", Json.number(value));
    values.put("lower", interval.map(range -> Json.number(range.lower())).orElse(null));
    values.put("upper", interval.map(range -> Json.number(range.upper())).orElse(null));
    return values;
  }
}
