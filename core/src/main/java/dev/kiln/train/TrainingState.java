package dev.kiln.train;

/**
 * Where a training stands between two batches: everything besides tensors that the next batch
 * depends on. All random numbers follow from the seed and these counts.
 *
 * @param seed the seed of the run
 * @param epoch complete passes over the data
 * @param batch batches trained on in this epoch
 * @param updates updates made in all
 * @param batches batches trained on in all
 * @param accumulated batches whose gradients wait for an update
 * @param epochTotals what this epoch's batches add up to so far
 * @param best the best value of the followed metric, not a number before the first epoch's end
 * @param bestEpoch the epoch of the best value, from 0; -1 before
 */
public record TrainingState(
    long seed,
    long epoch,
    int batch,
    long updates,
    long batches,
    int accumulated,
    Totals epochTotals,
    double best,
    long bestEpoch) {

  /** Returns how far the learner has come. */
  Progress progress() {
    return new Progress(updates, batches, accumulated);
  }

  /** Returns the state before the first batch. */
  public static TrainingState start(long seed) {
    return new TrainingState(seed, 0, 0, 0, 0, 0, Totals.NONE, Double.NaN, -1);
  }
}
