package dev.kiln.cli;

import dev.kiln.models.Numbers;
import dev.kiln.train.BatchReport;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Trainer;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a bar that fills during each epoch, and leaves a line where the epoch was. */
final class ProgressBarDisplay implements TrainingProgress {

  private static final int UPDATE_MILLIS = 200;

  private final PrintWriter out;
  private final Pace pace = new Pace();
  private @Nullable ProgressBar bar;

  ProgressBarDisplay(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onBatch(Trainer trainer, BatchReport report) {
    pace.add(trainer, report);
    ProgressBar shown = bar;
    if (shown == null) {
      shown = open(trainer, report);
      bar = shown;
    }
    shown.setExtraMessage(
        String.format(
            Locale.ROOT,
            "%s, %,.0f samples/s, %s left",
            TrainingScreen.metrics(report.metrics()),
            pace.samplesPerSecond(),
            Numbers.time(pace.remaining())));
    shown.stepTo(report.batch() + 1L);
  }

  private ProgressBar open(Trainer trainer, BatchReport report) {
    return new ProgressBarBuilder()
        .setTaskName("epoch %d/%d".formatted(report.epoch() + 1, trainer.epochs()))
        .setInitialMax(report.batchesPerEpoch())
        .startsFrom(report.batch(), Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .hideEta() // it knows only this epoch's; the message has the whole training's
        .setConsumer(new TerminalLine(out))
        .build();
  }

  @Override
  public void onEpoch(Trainer trainer, EpochReport report) {
    close();
    out.println(EpochLine.of(report, trainer.epochs()));
    out.flush();
  }

  @Override
  public void close() {
    ProgressBar shown = bar;
    if (shown != null) {
      shown.close();
      bar = null;
    }
  }
}
