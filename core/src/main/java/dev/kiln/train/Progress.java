package dev.kiln.train;

/**
 * How far a learner has come.
 *
 * @param updates the updates made
 * @param batches the batches trained on
 * @param accumulated the batches whose gradients wait for an update; 0 unless they are accumulated
 */
public record Progress(long updates, long batches, int accumulated) {

  /** Before the first batch. */
  public static final Progress NONE = new Progress(0, 0, 0);

  /** Returns the progress once another batch has been trained on. */
  Progress afterBatch(int batchesPerUpdate) {
    return accumulated + 1 >= batchesPerUpdate
        ? new Progress(updates + 1, batches + 1, 0)
        : new Progress(updates, batches + 1, accumulated + 1);
  }

  /** Returns the progress once an update has been made of the batches that wait. */
  Progress afterUpdate() {
    return new Progress(updates + 1, batches, 0);
  }
}
