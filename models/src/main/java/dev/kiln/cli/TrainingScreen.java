package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Precision;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.exec.Plan;
import dev.kiln.models.Numbers;
import dev.kiln.models.task.Baseline;
import dev.kiln.report.GradientScaling;
import dev.kiln.train.Monitor;
import dev.kiln.train.RepeatabilityProof;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainingState;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** What a training tells its user before the first and after the last step. */
final class TrainingScreen {

  private final PrintWriter out;

  private TrainingScreen(PrintWriter out) {
    this.out = out;
  }

  /** Returns the screen that a command writes to. */
  static TrainingScreen on(CommandLine command) {
    return new TrainingScreen(command.getOut());
  }

  /**
   * Returns what shows the epochs: a moving bar where a person watches, lines where a file or a
   * program does.
   */
  TrainingProgress progress() {
    return Terminal.isWatched() ? new ProgressBarDisplay(out) : new ProgressLines(out);
  }

  /** Says what is trained on what, by what, and how much memory that takes. */
  void showWhatIsTrained(
      RunConfig config,
      ModelDescription model,
      DataSplit data,
      BackendChoice choice,
      Trainer trainer) {
    int rows = Math.min(config.batch(), data.train().size());
    Plan plan = trainer.learner().trainingPlan(rows);
    Backend backend = choice.backend();
    line(
        "model",
        "%s, %,d parameters"
            .formatted(config.model(), trainer.learner().network().parameterCount()));
    line("data", config.data() + ": " + describe(model, data));
    line(
        "backend", "%s (%s): %s".formatted(backend.name(), choice.reason(), backend.description()));
    line(
        "plan",
        "%,d bytes for batches of %,d: arena %,d, inputs %,d, parameters and state %,d"
            .formatted(
                plan.totalBytes(),
                rows,
                plan.arenaBytes(),
                plan.inputBytes(),
                plan.variableBytes()));
    line("training", describe(config));
    out.println();
    out.flush();
  }

  private static String describe(ModelDescription model, DataSplit data) {
    Dataset train = data.train();
    return "%,d samples to train on, %,d to validate, %,d to test, each %s"
        .formatted(
            train.size(), data.validation().size(), data.test().size(), model.task().describe());
  }

  private static String describe(RunConfig config) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s, rate %s, %s, %s, seed %d"
            .formatted(
                config.optimizer(),
                Numbers.shortest(config.lr()),
                config.schedule(),
                Numbers.count(config.epochs(), "epoch"),
                config.seed()));
    if (config.precision() != Precision.FLOAT32) {
      text.append(", in ").append(config.precision());
    }
    if (config.warmUp() > 0) {
      text.append(", warm-up %d updates".formatted(config.warmUp()));
    }
    if (config.accumulate() > 1) {
      text.append(", %d batches an update".formatted(config.accumulate()));
    }
    if (config.clipNorm() != null) {
      text.append(", norm clipped to ").append(config.clipNorm());
    }
    if (config.clipValue() != null) {
      text.append(", gradients clipped to ").append(config.clipValue());
    }
    if (!config.augment().isEmpty()) {
      text.append(", augmented by ").append(config.augment());
    }
    if (!config.monitor().equals(Monitor.LOSS)) {
      text.append(", best by ").append(config.monitor());
    }
    if (config.patience() > 0) {
      text.append(", patience " + Numbers.count(config.patience(), "epoch"));
    }
    return text.toString();
  }

  /** Says that the training computes the same bits every time. */
  void showProof(RepeatabilityProof proof, long seed) {
    line(
        "proof",
        "%d steps made twice from seed %d are equal, bit by bit: losses and %,d numbers after each"
            .formatted(proof.steps(), seed, proof.numbers()));
    out.flush();
  }

  /** Says where a resumed training stands. */
  void showWhereItGoesOn(TrainingState state) {
    out.printf(
        "goes on after %,d updates, in epoch %d at batch %d%n",
        state.updates(), state.epoch() + 1, state.batch() + 1);
    out.flush();
  }

  /** Says where the time of a step went. */
  void showProfile(ProfileTable table, RunFolder folder) {
    out.println();
    out.print(table.text());
    out.println(
        "the same as a table: %s; as a timeline for ui.perfetto.dev: %s"
            .formatted(folder.profileCsv(), folder.trace()));
    out.flush();
  }

  /** Says how the best weights do on the test set, where everything is, and what to try next. */
  void showResult(Trainer trainer, Dataset test, List<Baseline> baselines, RunFolder folder) {
    out.println();
    out.println(
        "test set, %,d samples: %s".formatted(test.size(), metrics(trainer.evaluate(test))));
    baselines.forEach(baseline -> out.println("to be beaten: " + EvaluationSummary.line(baseline)));
    trainer
        .learner()
        .scaledGradients()
        .ifPresent(scaled ->
            out.println(
                new GradientScaling(
                        scaled.scale(), scaled.skippedUpdates(), trainer.learner().updates())
                    .sentence()));
    if (trainer.state().bestEpoch() >= 0) {
      out.println(
          "weights are those of epoch %d, the best".formatted(trainer.state().bestEpoch() + 1));
    }
    out.println("run folder: " + folder.path());
    out.println("next: kiln evaluate " + folder.path());
    out.flush();
  }

  /** Says how an interrupted training can go on. */
  void showHowToResume(RunFolder folder) {
    out.println();
    out.println("interrupted; everything up to the last step is kept. Go on with:");
    out.println("  kiln train --resume " + folder.path());
    out.flush();
  }

  /** Returns metrics as {@code loss 0.1234, accuracy 0.9876}. */
  static String metrics(Map<String, Double> values) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + " " + Numbers.metric(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private void line(String title, String text) {
    out.println("%-9s %s".formatted(title, text));
  }
}
