package dev.kiln.data;

import dev.kiln.tensor.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which examples make each batch of an epoch. Sequences may be put into buckets by their length,
 * rounded up to a multiple of some width, so that a batch is padded to little more than its own
 * longest sequence; batches of all buckets then come in random order.
 */
final class BatchOrder {

  /**
   * One batch.
   *
   * @param bucket the number of its bucket, 0 where there are none
   * @param first the place of its first example in the order
   * @param rows how many examples it has
   */
  record Slice(int bucket, int first, int rows) {}

  private final Dataset dataset;
  private final BatchLoaderBuilder settings;
  private final int[] bucketOf;
  private final List<Integer> steps;
  private final List<Slice> slices = new ArrayList<>();
  private final int[] examples;
  private final int[] sliceOrder;
  private long ordered = -1;

  BatchOrder(BatchLoaderBuilder settings) {
    this.settings = settings;
    this.dataset = settings.arranged();
    this.examples = new int[dataset.size()];
    int[] rounded = new int[dataset.size()];
    if (dataset instanceof RaggedDataset ragged && settings.bucketWidth() > 0) {
      int longest = ragged.features().shape().dim(0);
      Arrays.setAll(
          rounded, i -> Math.min(longest, roundUp(ragged.length(i), settings.bucketWidth())));
    }
    this.steps = Arrays.stream(rounded).distinct().sorted().boxed().toList();
    this.bucketOf = Arrays.stream(rounded).map(steps::indexOf).toArray();
    int first = 0;
    for (int bucket = 0; bucket < steps.size(); bucket++) {
      int wanted = bucket;
      int end = first + (int) Arrays.stream(bucketOf).filter(each -> each == wanted).count();
      for (; first < end; first += settings.batchSize()) {
        int rows = Math.min(settings.batchSize(), end - first);
        if (rows == settings.batchSize() || !settings.dropsLast()) {
          slices.add(new Slice(bucket, first, rows));
        }
      }
      first = end;
    }
    this.sliceOrder = new int[slices.size()];
  }

  private static int roundUp(int length, int width) {
    return Math.ceilDiv(length, width) * width;
  }

  /** Returns how many batches an epoch has. */
  int batches() {
    return slices.size();
  }

  /** Returns each bucket's examples, padded no further than the bucket needs. */
  List<Dataset> views() {
    if (steps.getFirst() == 0) {
      return List.of(dataset);
    }
    return steps.stream().map(((RaggedDataset) dataset)::truncatedTo).toList();
  }

  /** Returns the most rows that a bucket's batches have. */
  int rows(int bucket) {
    return slices.stream()
        .filter(slice -> slice.bucket == bucket)
        .mapToInt(Slice::rows)
        .max()
        .orElse(0);
  }

  /** Returns a batch of an epoch. */
  Slice slice(long epoch, int batch) {
    orderFor(epoch);
    return slices.get(sliceOrder[batch]);
  }

  /** Returns the example at a place of the order that the last slice was asked of. */
  int example(int place) {
    return examples[place];
  }

  /** From the identity each time, so that an epoch's order does not depend on the ones before. */
  private void orderFor(long epoch) {
    if (epoch == ordered) {
      return;
    }
    int[] order = identity(examples.length);
    int[] batches = identity(slices.size());
    if (settings.isShuffled()) {
      Shuffle.shuffle(order, new Philox(settings.seed(), RandomStreams.SHUFFLE, epoch));
      if (steps.size() > 1) {
        Shuffle.shuffle(batches, new Philox(settings.seed(), RandomStreams.BUCKETS, epoch));
      }
    }
    int filled = 0;
    for (int bucket = 0; bucket < steps.size(); bucket++) {
      for (int example : order) {
        if (bucketOf[example] == bucket) {
          examples[filled++] = example;
        }
      }
    }
    System.arraycopy(batches, 0, sliceOrder, 0, batches.length);
    ordered = epoch;
  }

  private static int[] identity(int size) {
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    return order;
  }
}
