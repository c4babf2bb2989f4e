package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Sequences of similar length come together, and nothing else changes. */
class BucketedBatchesTest {

  /** Sequence i repeats the number i. */
  private static SequenceDataset sequences(List<Integer> lengths) {
    List<Tensor> sequences = new ArrayList<>();
    for (int i = 0; i < lengths.size(); i++) {
      long number = i;
      long[] values = LongStream.generate(() -> number).limit(lengths.get(i)).toArray();
      sequences.add(Tensor.of(Shape.of(values.length), values));
    }
    Tensor labels = Tensor.of(Shape.of(lengths.size()), new long[lengths.size()]);
    return SequenceDataset.ofClasses(sequences, labels, List.of("only"));
  }

  @Property(tries = 100)
  void everyExampleComesOnceAndBatchesArePaddedOnlyToTheirBucket(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 20) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 7) int batchSize,
      @ForAll @IntRange(min = 1, max = 6) int width,
      @ForAll long seed) {
    SequenceDataset data = sequences(lengths);
    int longest = data.features().shape().dim(0);
    try (BatchLoader loader =
        BatchLoader.of(data).batchSize(batchSize).bucketed(width).seed(seed).shuffled().build()) {
      for (int epoch = 0; epoch < 2; epoch++) {
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < loader.batchesPerEpoch(); i++) {
          Batch batch = loader.next();
          int steps = batch.features().shape().dim(1);
          for (int row = 0; row < batch.size(); row++) {
            int example = (int) batch.features().get((long) row * steps);
            int length = (int) batch.more().getFirst().get(row);
            assertThat(length).isEqualTo(lengths.get(example));
            assertThat(steps).isBetween(length, length + width - 1).isLessThanOrEqualTo(longest);
            seen.add(example);
          }
        }
        assertThat(seen)
            .containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, lengths.size()).boxed().toList());
      }
    }
  }

  @Test
  void theSameSeedAndPositionGiveTheSameBatch() {
    SequenceDataset data =
        sequences(IntStream.range(0, 50).map(i -> 1 + i * 7 % 17).boxed().toList());
    try (BatchLoader first = loader(data);
        BatchLoader second = loader(data)) {
      for (int i = 0; i < first.batchesPerEpoch() + 2; i++) {
        first.next();
      }
      second.seek(first.position());
      assertThat(second.next().features().toDoubleArray())
          .isEqualTo(first.next().features().toDoubleArray());
    }
  }

  private static BatchLoader loader(Dataset data) {
    return BatchLoader.of(data).batchSize(4).bucketed(5).seed(3).shuffled().build();
  }

  @Test
  void aBucketIsAtLeastOneStepWide() {
    assertThatThrownBy(() -> BatchLoader.of(sequences(List.of(1))).bucketed(0))
        .hasMessage("buckets are at least 1 step wide, not 0");
  }
}
