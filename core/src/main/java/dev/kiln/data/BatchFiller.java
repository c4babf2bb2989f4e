package dev.kiln.data;

import dev.kiln.data.BatchLoader.Position;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The background half of a {@link BatchLoader}: which examples a batch holds, and how they look.
 */
final class BatchFiller {

  /**
   * Memory for one batch.
   *
   * @param full all rows, for each bucket
   * @param parts the first rows of them, for the shorter batches
   * @param scratch one example, for the transforms
   */
  record Buffer(List<Batch> full, Map<BatchOrder.Slice, Batch> parts, MemorySegment scratch) {

    Batch of(BatchOrder.Slice slice) {
      Batch whole = full.get(slice.bucket());
      return slice.rows() == whole.size()
          ? whole
          : parts.computeIfAbsent(
              new BatchOrder.Slice(slice.bucket(), 0, slice.rows()),
              key -> whole.first(key.rows()));
    }
  }

  private final BatchOrder order;
  private final List<Dataset> views;
  private final long seed;
  private final List<Transform> transforms;
  private final int[] words = new int[Philox.BLOCK_WORDS];

  BatchFiller(BatchLoaderBuilder settings, BatchOrder order) {
    this.order = order;
    views = order.views();
    seed = settings.seed();
    transforms = settings.transforms();
  }

  Buffer allocate(Arena arena) {
    List<Batch> full = new ArrayList<>();
    for (int bucket = 0; bucket < views.size(); bucket++) {
      full.add(Batch.allocate(views.get(bucket), Math.max(1, order.rows(bucket)), arena));
    }
    long example = views.getLast().features().bytes();
    return new Buffer(full, new HashMap<>(), arena.allocate(example, Long.BYTES));
  }

  /**
   * Fills a buffer with the batch at a position and returns the part of it that holds the batch.
   */
  Batch fill(Buffer buffer, Position position) {
    BatchOrder.Slice slice = order.slice(position.epoch(), position.batch());
    Dataset dataset = views.get(slice.bucket());
    Batch batch = buffer.of(slice);
    for (int row = 0; row < batch.size(); row++) {
      int index = order.example(slice.first() + row);
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

  private void transform(int index, long epoch, Batch batch, int row, MemorySegment scratch) {
    if (transforms.isEmpty()) {
      return;
    }
    TensorType type = views.getFirst().features();
    MemorySegment example = batch.features().data().asSlice(row * type.bytes(), type.bytes());
    for (int i = 0; i < transforms.size(); i++) {
      new Philox(seed, RandomStreams.TRANSFORM + i, epoch).block(index, words, 0);
      transforms.get(i).apply(example, type, scratch, words);
    }
  }
}
