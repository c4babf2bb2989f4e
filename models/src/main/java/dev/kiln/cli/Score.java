package dev.kiln.cli;

import dev.kiln.data.Batch;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.Dataset;
import dev.kiln.metrics.ClassificationReport;
import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassAccumulator;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.metrics.RegressionAccumulator;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Learner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How good a model is on some samples.
 *
 * @param loss the mean loss
 * @param samples how many samples there were
 * @param evaluation every metric
 * @param classes the names of the classes, none where values are predicted
 */
record Score(double loss, long samples, Evaluation evaluation, List<String> classes) {

  /** Evaluates a model on samples that fit it. */
  static Score of(TrainedModel model, Dataset data, int batchSize) {
    List<String> classes = data.classNames();
    MulticlassAccumulator labels = MulticlassAccumulator.withCurves(Math.max(2, classes.size()));
    RegressionAccumulator values = new RegressionAccumulator();
    double lossSum = 0;
    try (BatchLoader loader =
        BatchLoader.of(data).batchSize(Math.min(batchSize, data.size())).build()) {
      for (int i = 0; i < loader.batchesPerEpoch(); i++) {
        Batch batch = loader.next();
        Learner.Evaluated evaluated = model.evaluate(batch.features(), batch.targets());
        lossSum += evaluated.loss() * batch.size();
        float[] predictions = evaluated.predictions().toFloatArray();
        if (classes.isEmpty()) {
          values.add(batch.targets().toFloatArray(), predictions);
        } else {
          labels.add(labels(batch.targets()), Probabilities.ofLogits(predictions, classes.size()));
        }
      }
    }
    return new Score(
        lossSum / data.size(),
        data.size(),
        classes.isEmpty() ? values.evaluate() : labels.evaluate(),
        classes);
  }

  private static int[] labels(Tensor targets) {
    return IntStream.range(0, Math.toIntExact(targets.elements()))
        .map(i -> (int) targets.get(i))
        .toArray();
  }

  /** Returns the figures for people. */
  String render() {
    StringBuilder text = new StringBuilder();
    text.append("loss      %s%n".formatted(Numbers.metric(loss)));
    if (evaluation instanceof MulticlassEvaluation labels) {
      text.append("accuracy  %s%n%n".formatted(Numbers.metric(labels.value(Metric.ACCURACY))));
      text.append(ClassificationReport.of(labels.confusionMatrix(), classes).render(4));
    } else {
      for (Metric metric : evaluation.metrics()) {
        text.append("%-9s %s%n".formatted(metric.id(), Numbers.metric(evaluation.value(metric))));
      }
    }
    return text.toString();
  }

  /**
   * Returns the figures for programs.
   *
   * @param checkpoint whose weights these are
   * @param data the name of the data set
   * @param part the name of its part
   */
  Map<String, Object> toMap(String checkpoint, String data, String part) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("checkpoint", checkpoint);
    values.put("data", data);
    values.put("part", part);
    values.put("samples", samples);
    values.put("loss", loss);
    values.put("metrics", evaluation.toMap());
    if (evaluation instanceof MulticlassEvaluation labels) {
      values.put("classes", ClassificationReport.of(labels.confusionMatrix(), classes).toMap());
    }
    return values;
  }
}
