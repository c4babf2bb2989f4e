package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.data.BatchLoader.Position;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {

  @Test
  void withoutShuffleTheExamplesComeInOrderEpochAfterEpoch() {
    try (BatchLoader loader = BatchLoader.of(numbered(5)).batchSize(2).build()) {
      assertThat(loader.batchesPerEpoch()).isEqualTo(3);
      for (int epoch = 0; epoch < 2; epoch++) {
        assertThat(numbers(loader.next())).containsExactly(0, 1);
        assertThat(numbers(loader.next())).containsExactly(2, 3);
        assertThat(numbers(loader.next())).containsExactly(4);
      }
    }
  }

  @Test
  void droppingTheLastBatchKeepsAllBatchesFull() {
    try (BatchLoader loader = BatchLoader.of(numbered(5)).batchSize(2).dropLast().build()) {
      assertThat(loader.batchesPerEpoch()).isEqualTo(2);
      assertThat(take(loader, 4)).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
    }
  }

  @Property(tries = 100)
  void everyEpochHoldsEveryExampleOnce(
      @ForAll @IntRange(min = 1, max = 60) int size,
      @ForAll @IntRange(min = 1, max = 70) int batchSize,
      @ForAll long seed) {
    try (BatchLoader loader =
        BatchLoader.of(numbered(size)).batchSize(batchSize).seed(seed).shuffled().build()) {
      for (int epoch = 0; epoch < 3; epoch++) {
        assertThat(take(loader, loader.batchesPerEpoch()))
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, size).boxed().toList());
      }
    }
  }

  @Test
  void eachEpochAndSeedHasItsOwnOrderAndTheSameSeedTheSame() {
    List<Integer> first = shuffledTwoEpochs(1);
    assertThat(first).isEqualTo(shuffledTwoEpochs(1)).isNotEqualTo(shuffledTwoEpochs(2));
    assertThat(first.subList(0, 50)).isNotEqualTo(first.subList(50, 100));
  }

  private static List<Integer> shuffledTwoEpochs(long seed) {
    try (BatchLoader loader =
        BatchLoader.of(numbered(50)).batchSize(10).seed(seed).shuffled().build()) {
      return take(loader, 10);
    }
  }

  @Property(tries = 50)
  void aNewLoaderSentToASavedPositionContinuesWithTheSameBits(
      @ForAll @IntRange(max = 20) int before, @ForAll long seed) {
    List<float[]> expected = new ArrayList<>();
    Position saved;
    try (BatchLoader loader = augmented(seed)) {
      take(loader, before);
      saved = loader.position();
      for (int i = 0; i < 10; i++) {
        expected.add(loader.next().features().toFloatArray());
      }
    }
    assertThat(saved).isEqualTo(new Position(before / 4, before % 4));
    try (BatchLoader resumed = augmented(seed)) {
      take(resumed, 3); // wherever it was
      resumed.seek(saved);
      for (float[] batch : expected) {
        assertThat(resumed.next().features().toFloatArray()).containsExactly(batch);
      }
    }
  }

  private static BatchLoader augmented(long seed) {
    Tensor pixels = Tensor.allocate(TensorType.of(DType.U8, 14, 1, 5, 5));
    for (int i = 0; i < pixels.elements(); i++) {
      pixels.set(i, i % 251);
    }
    Dataset images =
        new PixelDataset(pixels, Tensor.allocate(TensorType.of(DType.U8, 14)), List.of("c"));
    return BatchLoader.of(images)
        .batchSize(4)
        .seed(seed)
        .shuffled()
        .transform(new RandomCrop(2))
        .transform(new HorizontalFlip())
        .build();
  }

  @Test
  void aBatchIsLeftAloneUntilTheNextIsAskedFor() throws InterruptedException {
    CountDownLatch prefetched = new CountDownLatch(1);
    Dataset dataset =
        new Watched(numbered(6)) {
          @Override
          void before(int index) {
            if (index == 3) {
              prefetched.countDown();
            }
          }
        };
    try (BatchLoader loader = BatchLoader.of(dataset).batchSize(2).build()) {
      Batch batch = loader.next();
      assertThat(prefetched.await(10, TimeUnit.SECONDS)).as("one batch ahead").isTrue();
      assertThat(numbers(batch)).containsExactly(0, 1);
    }
  }

  @Test
  void threeBuffersServeAllBatches() {
    Set<Long> addresses = new HashSet<>();
    try (BatchLoader loader = BatchLoader.of(numbered(7)).batchSize(2).build()) {
      for (int i = 0; i < 40; i++) {
        addresses.add(loader.next().features().data().address());
      }
    }
    assertThat(addresses).hasSize(3);
  }

  @Test
  void noMoreThanOneBatchIsPreparedAhead() throws InterruptedException {
    AtomicInteger highest = new AtomicInteger();
    CountDownLatch second = new CountDownLatch(4);
    Dataset dataset =
        new Watched(numbered(100)) {
          @Override
          void before(int index) {
            highest.accumulateAndGet(index, Math::max);
            second.countDown();
          }
        };
    try (BatchLoader loader = BatchLoader.of(dataset).batchSize(2).build()) {
      loader.next();
      assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    } // closing waits for the background thread, so nothing more can come
    assertThat(highest).hasValue(3);
  }

  @Test
  void aFailureInTheBackgroundSurfacesWithTheRowAndCanBeRetried() {
    AtomicInteger failures = new AtomicInteger(1);
    Dataset dataset =
        new Watched(numbered(6)) {
          @Override
          void before(int index) {
            if (index == 3 && failures.getAndDecrement() > 0) {
              throw new IllegalStateException("bad sector");
            }
          }
        };
    try (BatchLoader loader = BatchLoader.of(dataset).batchSize(2).build()) {
      loader.next();
      assertThatThrownBy(loader::next)
          .isInstanceOf(BatchLoadingException.class)
          .hasMessageContaining("row 1 of batch 1 in epoch 0, example 3 of 6 examples of F32[1]")
          .hasMessageContaining("bad sector")
          .hasCauseInstanceOf(IllegalStateException.class);
      assertThat(loader.position()).isEqualTo(new Position(0, 1));
      assertThat(numbers(loader.next())).containsExactly(2, 3);
      assertThat(numbers(loader.next())).containsExactly(4, 5);
    }
  }

  @Test
  void closingFreesTheMemoryAndIsFinal() {
    BatchLoader loader = BatchLoader.of(numbered(6)).batchSize(2).build();
    Batch batch = loader.next();
    loader.close();
    loader.close();
    assertThat(batch.features().data().scope().isAlive()).isFalse();
    assertThatThrownBy(loader::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the batch loader is closed");
  }

  @Test
  void theThreadOfAClosedLoaderEnds() {
    Thread[] thread = new Thread[1];
    Dataset dataset =
        new Watched(numbered(6)) {
          @Override
          void before(int index) {
            thread[0] = Thread.currentThread();
          }
        };
    try (BatchLoader loader = BatchLoader.of(dataset).batchSize(2).build()) {
      loader.next();
    }
    assertThat(thread[0].getName()).isEqualTo("kiln-batch-loader");
    assertThat(thread[0].isDaemon()).isTrue();
    assertThat(thread[0]).satisfies(t -> assertThat(t.join(Duration.ofSeconds(10))).isTrue());
  }

  @Test
  void waitingIsMeasured() {
    Dataset dataset =
        new Watched(numbered(2)) {
          @Override
          void before(int index) {
            try {
              Thread.sleep(20);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    try (BatchLoader loader = BatchLoader.of(dataset).batchSize(2).build()) {
      assertThat(loader.waited()).isZero();
      loader.next();
      assertThat(loader.waited()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }
  }

  @Test
  void anInterruptedConsumerIsToldAndStaysInterrupted() {
    CountDownLatch told = new CountDownLatch(1);
    Dataset slow =
        new Watched(numbered(4)) {
          @Override
          void before(int index) {
            try {
              told.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    try (BatchLoader loader = BatchLoader.of(slow).batchSize(2).build()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(loader::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("interrupted while waiting for the batch");
      assertThat(Thread.interrupted()).isTrue();
      told.countDown();
      assertThat(numbers(loader.next())).containsExactly(0, 1);
    }
  }

  @Test
  void settingsThatCannotWorkAreRefused() {
    BatchLoaderBuilder settings = BatchLoader.of(numbered(3));
    assertThatThrownBy(() -> settings.batchSize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the batch size must be 1 or more, but is 0");
    assertThatThrownBy(() -> settings.transform(new HorizontalFlip()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> settings.batchSize(4).dropLast().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 examples make no full batch of 4");
    assertThatThrownBy(() -> new Position(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    try (BatchLoader loader = BatchLoader.of(numbered(3)).batchSize(2).build()) {
      assertThatThrownBy(() -> loader.seek(new Position(0, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("batch 2 of an epoch of 2 batches");
    }
  }

  /** Passes reads on after a hook. */
  private abstract static class Watched implements Dataset {
    private final Dataset inner;

    Watched(Dataset inner) {
      this.inner = inner;
    }

    abstract void before(int index);

    @Override
    public int size() {
      return inner.size();
    }

    @Override
    public TensorType features() {
      return inner.features();
    }

    @Override
    public TensorType target() {
      return inner.target();
    }

    @Override
    public List<String> classNames() {
      return inner.classNames();
    }

    @Override
    public void readFeatures(int index, Tensor rows, int row) {
      before(index);
      inner.readFeatures(index, rows, row);
    }

    @Override
    public void readTarget(int index, Tensor rows, int row) {
      inner.readTarget(index, rows, row);
    }
  }

  /** Example i has the single feature i. */
  private static Dataset numbered(int size) {
    float[] features = new float[size];
    for (int i = 0; i < size; i++) {
      features[i] = i;
    }
    return TensorDataset.ofValues(
        Tensor.of(Shape.of(size, 1), features), Tensor.of(Shape.of(size, 1), features));
  }

  private static List<Integer> numbers(Batch batch) {
    List<Integer> numbers = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      assertThat(batch.targets().get(row)).isEqualTo(batch.features().get(row));
      numbers.add((int) batch.features().get(row));
    }
    return numbers;
  }

  private static List<Integer> take(BatchLoader loader, int batches) {
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      Batch batch = loader.next();
      if (batch.features().shape().rank() == 2) {
        taken.addAll(numbers(batch));
      }
    }
    return taken;
  }
}
