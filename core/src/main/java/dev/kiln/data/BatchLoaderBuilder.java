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

  /** Takes the examples in a new random order each epoch. */
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
   * Builds the loader and allocates its two buffers.
   *
   * @throws IllegalArgumentException if dropping the last batch leaves none
   */
  public BatchLoader build() {
    if (batchesPerEpoch() == 0) {
      throw new IllegalArgumentException(
          ("%d examples make no full batch of %d, and the shorter last one is dropped; use smaller"
                  + " batches")
              .formatted(dataset.size(), batchSize));
    }
    return new BatchLoader(this);
  }

  int batchesPerEpoch() {
    int full = dataset.size() / batchSize;
    return dropLast || dataset.size() % batchSize == 0 ? full : full + 1;
  }

  Dataset dataset() {
    return dataset;
  }

  int batchSize() {
    return batchSize;
  }

  long seed() {
    return seed;
  }

  boolean isShuffled() {
    return shuffled;
  }

  List<Transform> transforms() {
    return List.copyOf(transforms);
  }
}
