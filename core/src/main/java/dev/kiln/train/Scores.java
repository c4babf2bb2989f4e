package dev.kiln.train;

import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassAccumulator;
import dev.kiln.metrics.RegressionAccumulator;
import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up the metrics of predictions batch by batch: those of classes where targets are labels and
 * predictions logits [N, C], those of regression where both are numbers of one shape.
 */
final class Scores {

  private final List<Metric> metrics;
  private final boolean labels;
  private final MulticlassAccumulator classes;
  private final RegressionAccumulator numbers = new RegressionAccumulator();
  private double lossSum;
  private long samples;

  /**
   * Starts at nothing.
   *
   * @param metrics what is wanted besides the loss
   * @param predictions the shape of the predictions tells the number of classes
   * @param target labels or numbers
   */
  Scores(List<Metric> metrics, Tensor predictions, Tensor target) {
    this.metrics = metrics;
    this.labels = target.type().dtype().isInteger();
    this.classes =
        MulticlassAccumulator.withCurves(labels ? Math.max(2, predictions.shape().dim(-1)) : 2);
  }

  void add(double loss, Tensor predictions, Tensor target) {
    long counted = counted(target);
    lossSum += loss * counted;
    samples += counted;
    if (labels) {
      int count = predictions.shape().dim(-1);
      int[] targets = new int[Math.toIntExact(target.elements())];
      boolean[] counts = new boolean[targets.length];
      for (int i = 0; i < targets.length; i++) {
        targets[i] = (int) target.get(i);
        counts[i] = targets[i] != CrossEntropy.IGNORE;
      }
      classes.add(targets, softmax(predictions.toFloatArray(), count), counts);
    } else {
      numbers.add(target.toFloatArray(), predictions.toFloatArray());
    }
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

  /** Turns logits into probabilities in place, one row after the other. */
  private static float[] softmax(float[] logits, int classes) {
    for (int row = 0; row < logits.length; row += classes) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int i = row; i < row + classes; i++) {
        largest = Math.max(largest, logits[i]);
      }
      double sum = 0;
      for (int i = row; i < row + classes; i++) {
        sum += Math.exp(logits[i] - largest);
      }
      for (int i = row; i < row + classes; i++) {
        logits[i] = (float) (Math.exp(logits[i] - largest) / sum);
      }
    }
    return logits;
  }

  /** Returns the mean loss and the metrics, in the order asked for. */
  Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(Monitor.LOSS, lossSum / samples);
    if (labels) {
      var evaluation = classes.evaluate();
      metrics.forEach(metric -> values.put(metric.id(), evaluation.value(metric)));
    } else {
      var evaluation = numbers.evaluate();
      metrics.forEach(metric -> values.put(metric.id(), evaluation.value(metric)));
    }
    return values;
  }
}
