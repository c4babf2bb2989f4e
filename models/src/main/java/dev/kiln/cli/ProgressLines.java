package dev.kiln.cli;

import dev.kiln.models.Numbers;
import dev.kiln.train.BatchReport;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Trainer;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows a line for every epoch, and one every ten seconds within long ones. */
final class ProgressLines implements TrainingProgress {

  private static final double SECONDS_BETWEEN_LINES = 10;

  private final PrintWriter out;
  private final Pace pace = new Pace();
  private double shownAt;

  ProgressLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onBatch(Trainer trainer, BatchReport report) {
    pace.add(trainer, report);
    double now = pace.seconds();
    if (now - shownAt >= SECONDS_BETWEEN_LINES) {
      shownAt = now;
      out.println(
          String.format(
              Locale.ROOT,
              "epoch %d/%d  %s  %s  %,.0f samples/s  %s left",
              report.epoch() + 1,
              trainer.epochs(),
              Numbers.percent((report.batch() + 1.0) / report.batchesPerEpoch()),
              TrainingScreen.metrics(report.metrics()),
              pace.samplesPerSecond(),
              Numbers.time(pace.remaining())));
      out.flush();
    }
  }

  @Override
  public void onEpoch(Trainer trainer, EpochReport report) {
    shownAt = pace.seconds();
    out.println(EpochLine.of(report, trainer.epochs()));
    out.flush();
  }

  @Override
  public void close() {}
}
