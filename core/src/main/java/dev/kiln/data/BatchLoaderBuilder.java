package dev.kiln.data;

import java.util.ArrayList;
import java.util.List;

/** The settings of a {@link BatchLoader}; see {@link BatchLoader#of} for the defaults. */
public final class BatchLoaderBuilder {

  private final Dataset dataset;
  private int batchSize = 32;
  private long seed;
  private boolean shuffled;
  private boolean dropLast;
  private int bucketWidth;
  private final List<Transform> transforms = new ArrayList<>();

  BatchLoaderBuilder(Dataset dataset) {
    this.dataset = dataset;
  }

  /**
   * Sets the number of rows of a batch; 32 by default.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public BatchLoaderBuilder batchSize(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("the batch size must be 1 or more, but is " + rows);
    }
    batchSize = rows;
    return this;
  }

  /** Sets the seed of the shuffle and the transforms; 0 by default. */
  public BatchLoaderBuilder seed(long value) {
    seed = value;
    return this;
  }

  /** Takes the examples in a new random order each epoch, unless they are continuous. */
  public BatchLoaderBuilder shuffled() {
    shuffled = true;
    return this;
  }

  /** Leaves out an epoch's last batch when it would be shorter than the others. */
  public BatchLoaderBuilder dropLast() {
    dropLast = true;
    return this;
  }

  /**
   * Puts sequences of similar length into one batch, so that little of it is padding; other data
   * are not changed by this. Batches have different numbers of steps then.
   *
   * @param width lengths are rounded up to a multiple of so many steps
   * @throws IllegalArgumentException if it is below 1
   */
  public BatchLoaderBuilder bucketed(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("buckets are at least 1 step wide, not " + width);
    }
    bucketWidth = width;
    return this;
  }

  /**
   * Adds a transform, applied after those added before.
   *
   * @throws IllegalArgumentException if it does not apply to the data set's examples
   */
  public BatchLoaderBuilder transform(Transform transform) {
    transform.check(dataset.features());
    transforms.add(transform);
    return this;
  }

  /**
   * Builds the loader and allocates its buffers.
   *
   * @throws IllegalArgumentException if dropping the last batch leaves none
   */
  public BatchLoader build() {
    BatchOrder order = new BatchOrder(this);
    if (order.batches() == 0) {
      throw new IllegalArgumentException(
          ("%d examples make no full batch of %d, and the shorter last one is dropped; use smaller"
                  + " batches")
              .formatted(dataset.size(), batchSize));
    }
    return new BatchLoader(this, order);
  }

  /** Returns the number of batches that make an epoch with these settings. */
  public int batchesPerEpoch() {
    return new BatchOrder(this).batches();
  }

  /** Returns the data set, continuous data in the order that batches of this size need. */
  Dataset arranged() {
    return dataset instanceof ContinuousDataset continuous ? continuous.inRows(batchSize) : dataset;
  }

  int batchSize() {
    return batchSize;
  }

  long seed() {
    return seed;
  }

  boolean isShuffled() {
    return shuffled && !(dataset instanceof ContinuousDataset);
  }

  boolean dropsLast() {
    return dropLast;
  }

  /** Returns how wide buckets are, 0 for none. */
  int bucketWidth() {
    return bucketWidth;
  }

  List<Transform> transforms() {
    return List.copyOf(transforms);
  }
}
