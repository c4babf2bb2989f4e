package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.data.SequencePairs.Pair;
import dev.kiln.data.SequencePairs.Targets;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequencePairsTest {

  private static final Targets TARGETS = new Targets(List.of("a", "b", "<begin>", "<end>"), 2, 3);

  private static Pair pair(int[] source, int... target) {
    return new Pair(source, target);
  }

  @Test
  void aBatchHoldsWhatAnEncoderAndATaughtDecoderRead() {
    SequencePairs pairs =
        new SequencePairs(
            List.of(
                pair(new int[] {7, 8, 9}, 0), pair(new int[] {5}, 1, 0), pair(new int[] {6, 6})),
            TARGETS);
    try (Arena arena = Arena.ofConfined()) {
      Batch batch = Batch.allocate(pairs, 3, arena);
      for (int i = 0; i < 3; i++) {
        pairs.read(i, batch, i);
      }
      assertThat(batch.fields().stream().map(Tensor::toLongArray))
          .containsExactly(
              new long[] {7, 8, 9, 5, 0, 0, 6, 6, 0},
              new long[] {0, 3, -100, 1, 0, 3, 3, -100, -100},
              new long[] {3, 1, 2},
              new long[] {2, 0, 3, 2, 1, 0, 2, 3, 3});
    }
  }

  @Test
  void thePaddingMayBeThatOfABucket() {
    SequencePairs pairs =
        new SequencePairs(
            List.of(pair(new int[] {7, 8, 9}, 0), pair(new int[] {5}, 1), pair(new int[] {5})),
            TARGETS);
    assertThat(pairs.steps()).isEqualTo(3);
    assertThat(List.of(pairs.length(0), pairs.length(1), pairs.length(2)))
        .as("the longer of source, and target with its end")
        .containsExactly(3, 2, 1);
    assertThat(pairs.truncatedTo(2).features().shape().dims()).containsExactly(2);
    assertThat(pairs.truncatedTo(2).target().shape().dims()).containsExactly(2);
  }

  @Test
  void pairsThatNoNetworkCanReadAreRefused() {
    assertThatThrownBy(() -> new SequencePairs(List.of(), TARGETS))
        .hasMessageContaining("at least one pair");
    assertThatThrownBy(
            () -> new SequencePairs(List.of(pair(new int[] {1}, 0), pair(new int[0], 0)), TARGETS))
        .hasMessageContaining("the source of pair 1 is empty");
    assertThatThrownBy(() -> new SequencePairs(List.of(pair(new int[] {1}, 4)), TARGETS))
        .hasMessageContaining("has token 4, but the tokens are 0 to 3");
  }
}
