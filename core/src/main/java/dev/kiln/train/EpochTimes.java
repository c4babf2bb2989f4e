package dev.kiln.train;

import java.time.Duration;

/**
 * When an epoch's batches were trained on.
 *
 * @param resumed whether only those after its midst were
 * @param begin when the first was begun, by {@link System#nanoTime}
 * @param end when the last was done
 * @param samples how many samples they had
 * @param waited the time between that was spent waiting for data
 */
record EpochTimes(boolean resumed, long begin, long end, long samples, Duration waited) {

  private static final double NANOS = 1e9;

  /** Returns the samples trained on in a second. */
  double samplesPerSecond() {
    return samples / seconds();
  }

  /** Returns the share of the time spent waiting for data, in [0, 1]. */
  double dataWaitShare() {
    return waited.toNanos() / NANOS / seconds();
  }

  private double seconds() {
    return (end - begin) / NANOS;
  }
}
