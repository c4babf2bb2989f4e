package dev.kiln.train;

import dev.kiln.metrics.Metric;
import dev.kiln.op.CorrectCount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is measured, and which of it takes the predictions: the rest comes of the loss and of what
 * the device counts with it.
 */
final class Measures {

  private final Supplier<Scorer> scorer;
  private final Map<Metric, Optional<OnDevice>> metrics = new LinkedHashMap<>();
  private final List<CorrectCount> counts = new ArrayList<>();

  /**
   * Divides metrics into those that need predictions and those that do not.
   *
   * @param wanted what is measured besides the loss
   * @param scorer gives what judges predictions, fresh
   */
  Measures(List<Metric> wanted, Supplier<Scorer> scorer) {
    this.scorer = scorer;
    Scorer judge = scorer.get();
    for (Metric metric : wanted) {
      Optional<OnDevice> how = judge.onDevice(metric);
      metrics.put(metric, how);
      if (how.orElse(null) instanceof OnDevice.Share share && !counts.contains(share.count())) {
        counts.add(share.count());
      }
    }
  }

  /** Returns what the device counts in every batch. */
  List<CorrectCount> counts() {
    return List.copyOf(counts);
  }

  /** Returns whether some metric needs the predictions. */
  boolean needPredictions() {
    return metrics.values().stream().anyMatch(Optional::isEmpty);
  }

  /** Returns a judge of predictions that nothing was added to. */
  Scorer scorer() {
    return scorer.get();
  }

  /**
   * Returns the mean loss and the metrics, in the order asked for. What needs predictions is
   * undefined, not a number, where not all of them were judged.
   *
   * @param judge what has judged all predictions; null if nothing has
   */
  Map<String, Double> values(Totals totals, @Nullable Scorer judge) {
    ToDoubleFunction<Metric> judged =
        judge == null || !needPredictions() ? _ -> Double.NaN : judge.evaluate()::value;
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(Monitor.LOSS, totals.meanLoss());
    metrics.forEach((metric, how) ->
        values.put(
            metric.id(),
            how.map(each -> value(each, totals)).orElseGet(() -> judged.applyAsDouble(metric))));
    return values;
  }

  /** Returns the mean loss and the metrics that need no predictions. */
  Map<String, Double> running(Totals totals) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(Monitor.LOSS, totals.meanLoss());
    metrics.forEach(
        (metric, how) -> how.ifPresent(each -> values.put(metric.id(), value(each, totals))));
    return values;
  }

  private double value(OnDevice how, Totals totals) {
    return switch (how) {
      case OnDevice.Share share -> totals.share(counts.indexOf(share.count()));
      case OnDevice.OfLoss loss -> loss.function().applyAsDouble(totals.meanLoss());
    };
  }
}
