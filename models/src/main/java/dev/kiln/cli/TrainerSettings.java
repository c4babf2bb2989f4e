package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.train.Clip;
import dev.kiln.train.Monitor;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainerBuilder;

/** Turns a configuration into the settings of a trainer. */
final class TrainerSettings {

  private TrainerSettings() {}

  /**
   * Checks all names that a configuration gives, before anything is loaded.
   *
   * @throws UsageException if there is no such optimizer or data set
   * @throws dev.kiln.models.zoo.UnknownModelException if there is no such model
   */
  static void checkNames(RunConfig config) {
    Zoo.find(config.model());
    DataFiles.entry(config.data());
    if (!Optimizer.names().contains(config.optimizer())) {
      throw NamedConstants.unknown("optimizer", config.optimizer(), Optimizer.names());
    }
  }

  /** Returns a trainer's settings, to which listeners may still be added. */
  static TrainerBuilder of(
      RunConfig config, Backend backend, ModelDescription model, DataSplit data) {
    TrainerBuilder settings =
        Trainer.of(backend, model.build(), data.train())
            .validation(data.validation())
            .optimizer(optimizer(config, data.train()))
            .clip(clip(config))
            .accumulate(config.accumulate())
            .batchSize(config.batch())
            .epochs(config.epochs())
            .seed(config.seed())
            .metrics(config.measured(model.task().metrics()).toArray(Metric[]::new))
            .scorer(model.task()::scorer)
            .monitor(new Monitor(config.monitor(), config.patience(), 0));
    for (Augmentation augmentation : config.augment()) {
      settings.augment(augmentation.of(model.task().sample().getFirst()));
    }
    return settings;
  }

  private static Optimizer optimizer(RunConfig config, Dataset train) {
    long batches = Trainer.loading(train, config.batch()).batchesPerEpoch();
    long updates = config.epochs() * Math.ceilDiv(batches, config.accumulate());
    return Optimizer.byName(config.optimizer(), config.lr())
        .withSchedule(config.schedule().over(config.lr(), updates, config.warmUp()));
  }

  private static Clip clip(RunConfig config) {
    if (config.clipNorm() != null) {
      return new Clip.ByNorm(config.clipNorm());
    }
    return config.clipValue() != null ? new Clip.ByValue(config.clipValue()) : new Clip.None();
  }
}
