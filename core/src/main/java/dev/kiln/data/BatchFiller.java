package dev.kiln.data;

import dev.kiln.data.BatchLoader.Position;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The background half of a {@link BatchLoader}: which examples a batch holds, and how they look.
 */
final class BatchFiller {

  /**
   * Memory for one batch.
   *
   * @param full all rows
   * @param tail the first rows, as many as an epoch's last batch has
   * @param scratch one example, for the transforms
   */
  record Buffer(Batch full, Batch tail, MemorySegment scratch) {}

  private final Dataset dataset;
  private final int batchSize;
  private final boolean shuffled;
  private final long seed;
  private final List<Transform> transforms;

  private final int[] order;
  private final int[] words = new int[Philox.BLOCK_WORDS];
  private long orderedEpoch = -1;

  BatchFiller(BatchLoaderBuilder settings) {
    dataset = settings.dataset();
    batchSize = settings.batchSize();
    shuffled = settings.isShuffled();
    seed = settings.seed();
    transforms = settings.transforms();
    order = new int[dataset.size()];
  }

  Buffer allocate(Arena arena) {
    Batch full = Batch.allocate(dataset, Math.min(batchSize, dataset.size()), arena);
    int rest = dataset.size() % batchSize;
    return new Buffer(
        full,
        rest == 0 ? full : full.first(rest),
        arena.allocate(dataset.features().bytes(), Long.BYTES));
  }

  /**
   * Fills a buffer with the batch at a position and returns the part of it that holds the batch.
   */
  Batch fill(Buffer buffer, Position position) {
    orderFor(position.epoch());
    int first = position.batch() * batchSize;
    Batch batch = first + batchSize <= order.length ? buffer.full() : buffer.tail();
    for (int row = 0; row < batch.size(); row++) {
      int index = order[first + row];
      try {
        dataset.read(index, batch, row);
        transform(index, position.epoch(), batch, row, buffer.scratch());
      } catch (RuntimeException e) {
        throw new BatchLoadingException(
            "row %d of batch %d in epoch %d, example %d of %s: %s"
                .formatted(row, position.batch(), position.epoch(), index, dataset.describe(), e),
            e);
      }
    }
    return batch;
  }

  private void orderFor(long epoch) {
    if (epoch == orderedEpoch) {
      return;
    }
    // From the identity each time, so that an epoch's order does not depend on the ones before.
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    if (shuffled) {
      Shuffle.shuffle(order, new Philox(seed, RandomStreams.SHUFFLE, epoch));
    }
    orderedEpoch = epoch;
  }

  private void transform(int index, long epoch, Batch batch, int row, MemorySegment scratch) {
    if (transforms.isEmpty()) {
      return;
    }
    TensorType type = dataset.features();
    MemorySegment example = batch.features().data().asSlice(row * type.bytes(), type.bytes());
    for (int i = 0; i < transforms.size(); i++) {
      new Philox(seed, RandomStreams.TRANSFORM + i, epoch).block(index, words, 0);
      transforms.get(i).apply(example, type, scratch, words);
    }
  }
}
