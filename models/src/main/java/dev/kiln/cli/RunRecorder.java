package dev.kiln.cli;

import dev.kiln.train.BatchReport;
import dev.kiln.train.EpochReport;
import dev.kiln.train.Trainer;
import dev.kiln.train.TrainingListener;
import java.io.IOException;
import java.time.Duration;

/**
 * Keeps a run's folder up to date: after every epoch the history, the best and the last checkpoint,
 * within an epoch the last checkpoint every so often.
 */
final class RunRecorder implements TrainingListener {

  private final RunFolder folder;
  private final History history;
  private final String description;
  private final Duration interval;
  private long written = System.nanoTime();

  /**
   * Creates a recorder.
   *
   * @param folder where to write
   * @param description what the checkpoints say of the model
   * @param interval the time between two checkpoints within an epoch
   */
  RunRecorder(RunFolder folder, String description, Duration interval) {
    this.folder = folder;
    this.history = new History(folder);
    this.description = description;
    this.interval = interval;
  }

  @Override
  public void onBatch(Trainer trainer, BatchReport report) throws IOException {
    // After an epoch's last batch comes its end, which is a better place to continue from.
    boolean epochGoesOn = report.batch() + 1 < report.batchesPerEpoch();
    if (epochGoesOn && System.nanoTime() - written >= interval.toNanos()) {
      saveLast(trainer);
    }
  }

  @Override
  public void onEpoch(Trainer trainer, EpochReport report) throws IOException {
    history.record(report);
    if (report.best()) {
      trainer.save(folder.best(), description);
    }
    saveLast(trainer);
  }

  @Override
  public void onStopped(Trainer trainer) throws IOException {
    saveLast(trainer);
  }

  private void saveLast(Trainer trainer) throws IOException {
    trainer.save(folder.last(), description);
    written = System.nanoTime();
  }
}
