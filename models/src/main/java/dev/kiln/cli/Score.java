package dev.kiln.cli;

import dev.kiln.data.Batch;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.Dataset;
import dev.kiln.metrics.ClassificationReport;
import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.models.Numbers;
import dev.kiln.models.task.Task;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    Task task = model.description().task();
    Scorer scorer = task.scorer(model.learner());
    double lossSum = 0;
    try (BatchLoader loader =
        BatchLoader.of(data).batchSize(Math.min(batchSize, data.size())).build()) {
      for (int i = 0; i < loader.batchesPerEpoch(); i++) {
        Batch batch = loader.next();
        Learner.Evaluated evaluated = model.learner().evaluate(batch.fields());
        lossSum += evaluated.loss() * batch.size();
        scorer.add(batch.fields(), evaluated.predictions());
      }
    }
    return new Score(lossSum / data.size(), data.size(), scorer.evaluate(), task.classes());
  }

  /** Returns the figures for people. */
  String render() {
    StringBuilder text = new StringBuilder();
    text.append("loss      %s%n".formatted(Numbers.metric(loss)));
    if (evaluation instanceof MulticlassEvaluation labels) {
      text.append("accuracy  %s%n%n".formatted(Numbers.metric(labels.value(Metric.ACCURACY))));
      text.append(ClassificationReport.of(labels.confusionMatrix(), classes).render(4));
    } else {
      int width =
          evaluation.metrics().stream().mapToInt(metric -> metric.id().length()).max().orElse(0);
      for (Metric metric : evaluation.metrics()) {
        text.append(metric.id() + " ".repeat(width - metric.id().length() + 2));
        text.append(Numbers.metric(evaluation.value(metric))).append(System.lineSeparator());
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
