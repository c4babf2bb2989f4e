package dev.kiln.evaluation;

import dev.kiln.data.Batch;
import dev.kiln.data.BatchLoader;
import dev.kiln.data.Dataset;
import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.MulticlassEvaluation;
import dev.kiln.metrics.RegressionAccumulator;
import dev.kiln.models.task.Task;
import dev.kiln.nn.Mode;
import dev.kiln.report.ClassificationResults;
import dev.kiln.report.Gallery;
import dev.kiln.report.RegressionResults;
import dev.kiln.report.Results;
import dev.kiln.report.SequenceResults;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Evaluated;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import dev.kiln.train.Totals;
import dev.kiln.train.Trainer;
import java.util.List;

/**
 * What a model made of some samples.
 *
 * @param task what the samples ask for
 * @param data the samples
 * @param loss the mean loss
 * @param evaluation every metric
 * @param outputs what was said of each sample
 */
public record Examination(
    Task task, Dataset data, double loss, Evaluation evaluation, Outputs outputs) {

  /**
   * Has a model look at every sample once.
   *
   * @param learner the model
   * @param task what it was trained for
   * @param data samples that fit it
   * @param batchSize how many are computed at once
   * @param progress is told how far it has come
   */
  public static Examination of(
      Learner learner, Task task, Dataset data, int batchSize, Progress progress) {
    Scorer scorer = task.scorer(learner);
    OutputLog log = OutputLog.of(task, data.size(), scorer);
    double lossSum = 0;
    long counted = 0;
    long samples = 0;
    learner.forgetCarried(Mode.INFERENCE);
    try (BatchLoader loader = Trainer.evaluating(data, batchSize).build()) {
      for (int i = 0; i < loader.batchesPerEpoch(); i++) {
        Batch batch = loader.next();
        Evaluated evaluated = learner.evaluate(batch.fields());
        long labels = Totals.counted(batch.targets());
        lossSum += evaluated.loss() * labels;
        counted += labels;
        samples += batch.size();
        Tensor predictions = evaluated.predictions();
        log.add(batch, predictions);
        scorer.add(batch.fields(), predictions);
        progress.advanced("samples", samples, data.size());
      }
    }
    Outputs outputs = log.outputs(progress);
    return new Examination(task, data, lossSum / counted, scorer.evaluate(), outputs);
  }

  /** Returns what a report shows of it. */
  public Results results(Decision decision) {
    Mistakes mistakes = new Mistakes(task, data);
    return switch (outputs) {
      case Outputs.Classes classes ->
          new ClassificationResults(
              task.classes(),
              loss,
              (MulticlassEvaluation) evaluation,
              decision.positive(),
              decision.threshold(),
              mistakes.worst(classes, decision),
              classes.classes() == 2 ? List.of() : mistakes.confident(classes, decision));
      case Outputs.Values values -> {
        RegressionAccumulator inUnitOfData = new RegressionAccumulator();
        inUnitOfData.add(values.targets(), values.predictions());
        yield new RegressionResults(
            loss,
            inUnitOfData.evaluate(),
            values.targets(),
            values.predictions(),
            values.width(),
            mistakes.furthest(values));
      }
      case Outputs.Transcriptions words ->
          new SequenceResults(
              loss,
              words.words().size(),
              "different words",
              evaluation,
              "Mistakes",
              new Gallery("Worst: the most signs wrong", mistakes.worst(words)),
              new Gallery(
                  "Most confident: the most probability for what is wrong",
                  mistakes.confident(words)));
      case Outputs.Stretches text ->
          new SequenceResults(
              loss,
              text.stretches().size(),
              "stretches of %d characters".formatted(text.characters()),
              evaluation,
              "Hardest and easiest stretches",
              new Gallery("Hardest: the most bits per character", mistakes.worst(text)),
              new Gallery("Easiest: the fewest bits per character", mistakes.best(text)));
    };
  }
}
