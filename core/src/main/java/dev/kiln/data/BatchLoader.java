package dev.kiln.data;

import dev.kiln.profile.DataWaitEvent;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives a data set's examples batch by batch, epoch after epoch, without end. While one batch is
 * being used, and the one before it may still be, a background thread prepares the next; the memory
 * of the three is allocated once.
 *
 * <p>What a batch holds depends on the settings and its {@link Position} alone, so a loader that is
 * sent to a saved position continues with the same bits. One consumer at a time.
 *
 * <pre>{@code
 * try (BatchLoader loader =
 *     BatchLoader.of(dataset).batchSize(64).seed(1).shuffled().dropLast().build()) {
 *   for (int i = 0; i < loader.batchesPerEpoch(); i++) {
 *     Batch batch = loader.next();
 *   }
 * }
 * }</pre>
 */
public final class BatchLoader implements AutoCloseable {

  /**
   * A place in the endless sequence of batches.
   *
   * @param epoch complete passes before it, from 0
   * @param batch batches before it in this epoch, from 0
   */
  public record Position(long epoch, int batch) {
    /** The first batch of the first epoch. */
    public static final Position START = new Position(0, 0);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public Position {
      if (epoch < 0 || batch < 0) {
        throw new IllegalArgumentException(
            "a position has epoch and batch of 0 or more, but they are " + epoch + " and " + batch);
      }
    }
  }

  private static final int BUFFERS = 3;

  private final BatchFiller filler;
  private final int batchesPerEpoch;
  private final Arena arena = Arena.ofShared();
  private final List<BatchFiller.Buffer> buffers;
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("kiln-batch-loader").daemon().factory());

  private final DataWaitEvent waitEvent = new DataWaitEvent();
  private int nextBuffer;
  private @Nullable Future<Batch> prepared;
  private Position position = Position.START;
  private long waitedNanos;

  BatchLoader(BatchLoaderBuilder settings, BatchOrder order) {
    this.filler = new BatchFiller(settings, order);
    this.batchesPerEpoch = order.batches();
    this.buffers = Stream.generate(() -> filler.allocate(arena)).limit(BUFFERS).toList();
  }

  /**
   * Returns the settings of a loader to be built: batches of 32, in order, the last one shorter,
   * untransformed.
   *
   * @param dataset what to load
   */
  public static BatchLoaderBuilder of(Dataset dataset) {
    return new BatchLoaderBuilder(dataset);
  }

  /** Returns the number of batches that make an epoch. */
  public int batchesPerEpoch() {
    return batchesPerEpoch;
  }

  /**
   * Returns the next batch, waiting for it if need be. The batch and its memory belong to the
   * loader and hold until the call after the next; only an epoch's last batch, or the last of a
   * bucket, may have fewer rows than the others.
   *
   * @return the batch at {@link #position()}, which moves on
   * @throws BatchLoadingException if an example cannot be read or transformed; the position stays
   * @throws IllegalStateException if the loader is closed or the waiting thread interrupted
   */
  public Batch next() {
    if (background.isShutdown()) {
      throw new IllegalStateException("the batch loader is closed");
    }
    if (prepared == null) {
      prepare();
    }
    Batch batch = await();
    position = following(position);
    prepare();
    return batch;
  }

  /** Starts to fill the buffer that the consumer has given back by asking for two more batches. */
  private void prepare() {
    BatchFiller.Buffer buffer = buffers.get(nextBuffer);
    Position wanted = position;
    nextBuffer = (nextBuffer + 1) % BUFFERS;
    prepared = background.submit(() -> filler.fill(buffer, wanted));
  }

  private Batch await() {
    waitEvent.begin();
    long begin = System.nanoTime();
    try {
      return Objects.requireNonNull(prepared).get();
    } catch (ExecutionException e) {
      prepared = null; // so that the next call tries again
      if (e.getCause() instanceof BatchLoadingException named) {
        throw named;
      }
      throw new IllegalStateException("preparing the batch at " + position, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the batch at " + position, e);
    } finally {
      waitedNanos += System.nanoTime() - begin;
      waitEvent.commit();
    }
  }

  private Position following(Position here) {
    return here.batch() + 1 < batchesPerEpoch
        ? new Position(here.epoch(), here.batch() + 1)
        : new Position(here.epoch() + 1, 0);
  }

  /** Returns the position of the batch that {@link #next} will return: save it to resume here. */
  public Position position() {
    return position;
  }

  /**
   * Goes to a position, as one saved by an earlier run with the same settings.
   *
   * @param wanted where {@link #next} continues
   * @throws IllegalArgumentException if an epoch has no such batch
   */
  public void seek(Position wanted) {
    if (wanted.batch() >= batchesPerEpoch) {
      throw new IllegalArgumentException(
          "cannot resume at batch %d of an epoch of %d batches; was the batch size changed?"
              .formatted(wanted.batch(), batchesPerEpoch));
    }
    prepared = null; // the background thread is single: what it still fills is done before the new
    position = wanted;
  }

  /** Returns the time {@link #next} has waited for data, in all. */
  public Duration waited() {
    return Duration.ofNanos(waitedNanos);
  }

  /**
   * Stops the background thread and frees the buffers: batches handed out can no longer be read.
   */
  @Override
  public void close() {
    background.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
