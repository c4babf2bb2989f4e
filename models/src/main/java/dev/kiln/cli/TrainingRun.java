package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.data.DataSplit;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.models.task.Task;
import dev.kiln.profile.Profile;
import dev.kiln.profile.TraceFile;
import dev.kiln.train.Checkpoint;
import dev.kiln.train.CheckpointException;
import dev.kiln.train.Monitor;
import dev.kiln.train.NonFiniteLossException;
import dev.kiln.train.NonFiniteParameterException;
import dev.kiln.train.RepeatabilityProof;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainerBuilder;
import dev.kiln.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;

/** One training from the first screen to the result on the test set. */
final class TrainingRun {

  /** More than a backend makes before it replays what it recorded. */
  private static final int PROVED_STEPS = 5;

  private final RunConfig config;
  private final RunFolder folder;
  private final TrainingScreen screen;
  private final Recording recording;

  /**
   * What is kept of a training besides its result.
   *
   * @param checkpointInterval the time between two checkpoints within an epoch
   * @param profile takes the times, or null for none
   * @param tensorBoard the folder of TensorBoard's runs, or null for none
   */
  record Recording(
      Duration checkpointInterval, @Nullable Profile profile, @Nullable Path tensorBoard) {}

  /**
   * Prepares a training.
   *
   * @param config what is trained and how
   * @param folder where it is kept
   * @param screen where it is shown
   * @param recording what is kept of it
   */
  TrainingRun(RunConfig config, RunFolder folder, TrainingScreen screen, Recording recording) {
    this.config = config;
    this.folder = folder;
    this.screen = screen;
    this.recording = recording;
  }

  /** What a training begins from. */
  private enum Begin {
    FRESH_WEIGHTS,
    LAST_CHECKPOINT
  }

  /** Trains from the beginning and returns the exit code. */
  int start() throws IOException {
    return run(Begin.FRESH_WEIGHTS);
  }

  /** Goes on where the run stands and returns the exit code. */
  int resume() throws IOException {
    return run(Files.exists(folder.last()) ? Begin.LAST_CHECKPOINT : Begin.FRESH_WEIGHTS);
  }

  private int run(Begin begin) throws IOException {
    TrainerSettings.checkNames(config);
    MemoryLimit.set(config.memory());
    BackendChoice choice =
        BackendChoice.open(config.backend(), config.device(), config.computing());
    try (Backend backend = choice.backend()) {
      LoadedDataset data = DataFiles.load(config.data(), config.dataDir(), config.gaps());
      ModelDescription model = ModelDescription.of(config.model(), data);
      if (config.deterministic()) {
        screen.showProof(
            RepeatabilityProof.of(
                TrainerSettings.of(config, backend, model, data.split()), PROVED_STEPS),
            config.seed());
      }
      RunRecorder recorder = new RunRecorder(folder, model.toJson(), recording.checkpointInterval);
      try (TrainingProgress progress = screen.progress();
          TensorBoardListener events = events();
          Trainer trainer =
              trainer(backend, model, data.split(), listeners(recorder, progress, events))) {
        screen.showWhatIsTrained(config, model, data.split(), choice, trainer);
        checkMetrics(trainer, data.split());
        folder.prepare(config.withBackend(backend.name()));
        int rows = Math.min(config.batch(), data.split().train().size());
        RunEnvironment.write(folder, backend, trainer.learner().trainingPlan(rows));
        if (begin == Begin.LAST_CHECKPOINT) {
          resume(trainer, model);
          screen.showWhereItGoesOn(trainer.state());
        }
        return train(trainer, data.split(), model.task());
      }
    }
  }

  private @Nullable TensorBoardListener events() throws IOException {
    Path runs = recording.tensorBoard;
    return runs == null ? null : TensorBoardListener.open(runs, folder.name(), config);
  }

  private static List<TrainingListener> listeners(@Nullable TrainingListener... listeners) {
    List<TrainingListener> present = new ArrayList<>();
    for (TrainingListener listener : listeners) {
      if (listener != null) {
        present.add(listener);
      }
    }
    return present;
  }

  /** A metric that the task does not have is noticed now, not at the end of the first epoch. */
  private void checkMetrics(Trainer trainer, DataSplit data) {
    if (!config.metrics().isEmpty() || !config.monitor().equals(Monitor.LOSS)) {
      trainer.evaluate(data.validation());
    }
  }

  private Trainer trainer(
      Backend backend, ModelDescription model, DataSplit data, List<TrainingListener> listeners) {
    TrainerBuilder builder = TrainerSettings.of(config, backend, model, data);
    listeners.forEach(builder::listener);
    if (recording.profile != null) {
      builder.profile(recording.profile);
    }
    return builder.build();
  }

  private void resume(Trainer trainer, ModelDescription model) throws IOException {
    ModelDescription trained = ModelDescription.read(folder.last());
    if (!trained.equals(model)) {
      throw new CheckpointException(
          "%s belongs to %s on %s, or the data have changed since; it cannot go on with %s on %s"
              .formatted(
                  folder.last(), trained.model(), trained.data(), model.model(), model.data()));
    }
    trainer.resume(folder.last());
  }

  private int train(Trainer trainer, DataSplit data, Task task) throws IOException {
    try (Interruption interruption = new Interruption(trainer::requestStop)) {
      trainer.fit();
      if (interruption.isRequested()) {
        keepProfile();
        screen.showHowToResume(folder);
        return Kiln.INTERRUPTED;
      }
    } catch (NonFiniteLossException | NonFiniteParameterException diverged) {
      throw new TrainingStoppedException(diverged.getMessage() + "; " + whatStands(), diverged);
    }
    if (Files.exists(folder.best())) {
      Checkpoint.loadWeights(folder.best(), trainer.learner());
    }
    keepProfile();
    screen.showResult(trainer, data.test(), task.baselines(data, data.test()), folder);
    return ExitCode.OK;
  }

  private void keepProfile() throws IOException {
    Profile profile = recording.profile;
    if (profile != null) {
      ProfileTable table = new ProfileTable(profile);
      RunFolder.write(folder.profileCsv(), table.csv());
      TraceFile.write(folder.trace(), profile);
      screen.showProfile(table, folder);
    }
  }

  private String whatStands() {
    return Files.exists(folder.last())
        ? "the last good checkpoint is " + folder.last()
        : "no checkpoint had been written yet";
  }
}
