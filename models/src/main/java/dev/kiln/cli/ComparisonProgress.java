package dev.kiln.cli;

import dev.kiln.train.EpochReport;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainingListener;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how a comparison goes on: a bar over all epochs of all trainings where a person watches,
 * else a line for each training.
 */
final class ComparisonProgress implements AutoCloseable {

  private static final int UPDATE_MILLIS = 200;

  private final PrintWriter out;
  private final @Nullable ProgressBar bar;

  private ComparisonProgress(PrintWriter out, @Nullable ProgressBar bar) {
    this.out = out;
    this.bar = bar;
  }

  /** Begins to show so many epochs. */
  static ComparisonProgress on(PrintWriter out, int epochs) {
    if (!Terminal.isWatched()) {
      return new ComparisonProgress(out, null);
    }
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName("epochs")
            .setInitialMax(epochs)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .setConsumer(new TerminalLine(out))
            .build();
    return new ComparisonProgress(out, bar);
  }

  /** Returns what follows one training. */
  TrainingListener of(RunConfig config) {
    return new TrainingListener() {
      @Override
      public void onEpoch(Trainer trainer, EpochReport report) {
        if (bar != null) {
          bar.setExtraMessage("%s, seed %d".formatted(config.model(), config.seed()));
          bar.step();
        }
      }
    };
  }

  /** Shows that a training is done. */
  void trained(RunConfig config, String result) {
    if (bar == null) {
      out.println("%s, seed %d: %s".formatted(config.model(), config.seed(), result));
      out.flush();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
