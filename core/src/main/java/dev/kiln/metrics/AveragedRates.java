package dev.kiln.metrics;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The averaged rates that multiclass and multilabel evaluations share. */
final class AveragedRates {
  private AveragedRates() {}

  /** Adds precision, recall, specificity and F1 under every average. */
  static <E> void addTo(MetricTable<E> table, Function<E, List<BinaryCounts>> perClass) {
    for (Average average : Average.values()) {
      add(table, perClass, Metric.PRECISION, average);
      add(table, perClass, Metric.RECALL, average);
      add(table, perClass, Metric.SPECIFICITY, average);
      add(table, perClass, Metric.F1, average);
    }
  }

  private static <E> void add(
      MetricTable<E> table,
      Function<E, List<BinaryCounts>> perClass,
      Metric metric,
      Average average) {
    ToDoubleFunction<BinaryCounts> rate = BinaryCounts.rate(metric);
    table.with(
        Metric.valueOf(metric.name() + "_" + average.name()),
        evaluation -> average.of(perClass.apply(evaluation), rate));
  }
}
