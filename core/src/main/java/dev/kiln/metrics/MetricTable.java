package dev.kiln.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Says how each metric of one kind of evaluation is computed.
 *
 * @param <E> the kind of evaluation
 */
final class MetricTable<E> {
  private final String kind;
  private final Map<Metric, ToDoubleFunction<E>> functions = new LinkedHashMap<>();

  /** Creates an empty table for a kind of evaluation, named in error messages. */
  MetricTable(String kind) {
    this.kind = kind;
  }

  /** Adds a metric and returns this table. */
  MetricTable<E> with(Metric metric, ToDoubleFunction<E> function) {
    functions.put(metric, function);
    return this;
  }

  /** Returns the metrics in the order in which they were added. */
  Set<Metric> metrics() {
    return Collections.unmodifiableSet(functions.keySet());
  }

  /** Returns how a metric is computed. */
  ToDoubleFunction<E> function(Metric metric) {
    ToDoubleFunction<E> function = functions.get(metric);
    if (function == null) {
      throw new UnknownMetricException(
          "metrics: " + kind + " has no '" + metric.id() + "'; choose one of " + metrics());
    }
    return function;
  }
}
