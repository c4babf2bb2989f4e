package dev.kiln.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.backend.Backend;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.metrics.Metric;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains several models on the same data with the same budget and the same seeds. Each is judged on
 * the test set by the first metric of the task, with the weights of its best epoch.
 */
final class TrainingComparison {

  private final ObjectNode given;
  private final List<String> models;
  private final int seeds;
  private volatile @Nullable Trainer current;
  private volatile boolean stopped;

  /**
   * Prepares a comparison.
   *
   * @param given the configuration keys that hold for all models
   * @param models the names of the models, at least one
   * @param seeds how many seeds each is trained with, from 1 on
   * @throws UsageException if there is no model or no seed
   */
  TrainingComparison(ObjectNode given, List<String> models, int seeds) {
    if (models.isEmpty()) {
      throw new UsageException("name the models to compare, such as --models cnn,gru");
    }
    if (seeds < 1) {
      throw new UsageException("--seeds must be at least 1, not " + seeds);
    }
    this.given = given;
    this.models = List.copyOf(models);
    this.seeds = seeds;
  }

  /** Asks the training that runs to stop, and no further one to begin; from any thread. */
  void stop() {
    stopped = true;
    Trainer trainer = current;
    if (trainer != null) {
      trainer.requestStop();
    }
  }

  private RunConfig config(String model, long seed) {
    ObjectNode asked = given.deepCopy().put("model", model).put("seed", seed);
    RunConfig config = ConfigLayers.resolve(ConfigLayers.JSON.createObjectNode(), asked);
    TrainerSettings.checkNames(config);
    return config;
  }

  /**
   * Trains all models and returns how they did; less than all when it is interrupted.
   *
   * @param backend what computes
   * @param out where progress is shown
   */
  ComparisonTable run(Backend backend, PrintWriter out) throws IOException {
    RunConfig usual = config(models.getFirst(), 1);
    models.forEach(model -> config(model, 1));
    LoadedDataset data = DataFiles.load(usual.data(), usual.dataDir(), usual.gaps());
    // A model that does not exist or does not fit is noticed before anything is trained.
    models.forEach(model -> ModelDescription.of(model, data).build());
    Metric metric = data.task().metrics().getFirst();
    List<ComparisonTable.Row> rows = new ArrayList<>();
    try (ComparisonProgress progress =
        ComparisonProgress.on(out, models.size() * seeds * usual.epochs())) {
      for (String model : models) {
        List<ComparisonTable.Training> trainings = new ArrayList<>();
        for (int seed = 1; seed <= seeds && !stopped; seed++) {
          train(config(model, seed), backend, data, metric, progress).forEach(trainings::add);
        }
        if (!trainings.isEmpty()) {
          rows.add(new ComparisonTable.Row(model, trainings));
        }
      }
      return new ComparisonTable(usual, backend.name(), metric, rows, stopped);
    }
  }

  /** One training from fresh weights; nothing where it was interrupted. */
  private List<ComparisonTable.Training> train(
      RunConfig config,
      Backend backend,
      LoadedDataset data,
      Metric metric,
      ComparisonProgress progress)
      throws IOException {
    ModelDescription model = ModelDescription.of(config.model(), data);
    BestWeights best = new BestWeights();
    try (Trainer trainer =
        TrainerSettings.of(config, backend, model, data.split())
            .listener(best)
            .listener(progress.of(config))
            .build()) {
      current = trainer;
      int rows = Math.min(config.batch(), data.split().train().size());
      long memory = trainer.learner().trainingPlan(rows).totalBytes();
      if (!stopped) {
        trainer.fit();
      }
      current = null;
      if (stopped) {
        return List.of();
      }
      best.restore(trainer.learner());
      Map<String, Double> values = trainer.evaluate(data.split().test());
      double value = values.getOrDefault(metric.id(), Double.NaN);
      double seconds =
          trainer.history().stream().mapToDouble(EpochReport::seconds).average().orElse(0);
      progress.trained(config, "%s %.4f".formatted(metric.id(), value));
      return List.of(
          new ComparisonTable.Training(
              config.seed(), trainer.learner().network().parameterCount(), memory, seconds, value));
    }
  }
}
