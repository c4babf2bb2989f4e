package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up the loss and the metrics of predictions batch by batch. */
final class Scores {

  private final List<Metric> metrics;
  private final Scorer scorer;
  private double lossSum;
  private long samples;

  /**
   * Starts at nothing.
   *
   * @param metrics what is wanted besides the loss
   * @param scorer judges the predictions
   */
  Scores(List<Metric> metrics, Scorer scorer) {
    this.metrics = metrics;
    this.scorer = scorer;
  }

  void add(double loss, Tensor predictions, List<Tensor> batch) {
    long counted = counted(batch.get(1));
    lossSum += loss * counted;
    samples += counted;
    scorer.add(batch, predictions);
  }

  /**
   * Returns how much a batch counts in means over batches: its rows, or where targets are labels,
   * those that are not {@link CrossEntropy#IGNORE}.
   */
  static long counted(Tensor target) {
    if (!target.type().dtype().isInteger()) {
      return target.shape().dim(0);
    }
    long counted = 0;
    for (long i = 0; i < target.elements(); i++) {
      counted += target.get(i) != CrossEntropy.IGNORE ? 1 : 0;
    }
    return counted;
  }

  /** Returns the mean loss and the metrics, in the order asked for. */
  Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(Monitor.LOSS, lossSum / samples);
    Evaluation evaluation = scorer.evaluate();
    metrics.forEach(metric -> values.put(metric.id(), evaluation.value(metric)));
    return values;
  }
}
