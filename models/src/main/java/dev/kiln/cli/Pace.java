package dev.kiln.cli;

import dev.kiln.train.BatchReport;
import dev.kiln.train.Trainer;
import java.time.Duration;

/** How fast a training goes on, from the first batch of this process. */
final class Pace {

  private long begin;
  private long samples;
  private long batches;
  private long batchesLeft;

  /** Counts a batch that has just ended. */
  void add(Trainer trainer, BatchReport report) {
    if (begin == 0) {
      begin = System.nanoTime(); // the first batch, which takes longer, only starts the clock
    } else {
      samples += report.samples();
      batches++;
    }
    long epochsLeft = trainer.epochs() - report.epoch() - 1;
    batchesLeft =
        epochsLeft * report.batchesPerEpoch() + report.batchesPerEpoch() - report.batch() - 1;
  }

  /** Returns the time since the first batch ended. */
  double seconds() {
    return begin == 0 ? 0 : (System.nanoTime() - begin) / 1e9;
  }

  /** Returns the samples trained on per second, everything between the batches included. */
  double samplesPerSecond() {
    return samples == 0 ? 0 : samples / seconds();
  }

  /** Returns how long the batches left take if they take as long as those so far. */
  Duration remaining() {
    return Duration.ofMillis((long) (1000 * seconds() / Math.max(1, batches) * batchesLeft));
  }
}
