package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** However a text is cut, the rows of successive batches join up to stretches of it. */
class TokenStreamTest {

  private static TokenStream counting(int length, int window) {
    List<String> names = IntStream.range(0, length).mapToObj(String::valueOf).toList();
    return TokenStream.of(IntStream.range(0, length).toArray(), window, names);
  }

  @Property(tries = 100)
  void everyRowGoesOnWhereItEndedInTheBatchBefore(
      @ForAll @IntRange(min = 2, max = 60) int length,
      @ForAll @IntRange(min = 1, max = 7) int window,
      @ForAll @IntRange(min = 1, max = 5) int rows) {
    Assume.that((length - 1) / rows / window > 0);
    List<List<Integer>> streams = new ArrayList<>();
    IntStream.range(0, rows).forEach(row -> streams.add(new ArrayList<>()));
    try (BatchLoader loader =
        BatchLoader.of(counting(length, window)).batchSize(rows).shuffled().seed(9).build()) {
      for (int i = 0; i < loader.batchesPerEpoch(); i++) {
        Batch batch = loader.next();
        assertThat(batch.size()).isEqualTo(rows);
        for (int at = 0; at < rows * window; at++) {
          int token = (int) batch.features().get(at);
          assertThat(batch.targets().get(at)).isEqualTo(token + 1);
          streams.get(at / window).add(token);
        }
      }
    }
    int each = (length - 1) / rows / window * window;
    for (int row = 0; row < rows; row++) {
      assertThat(streams.get(row))
          .containsExactlyElementsOf(
              IntStream.range(row * each, (row + 1) * each).boxed().toList());
    }
  }

  @Test
  void aTextShorterThanTheWindowIsRefused() {
    assertThatThrownBy(() -> counting(8, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a text of 8 characters is too short: a window of 8 and the character after it must fit"
                + " into it, and a batch of 1 rows needs 9");
    assertThat(counting(9, 8).size()).isEqualTo(1);
    assertThatThrownBy(() -> counting(31, 8).inRows(4))
        .hasMessageContaining("a batch of 4 rows needs 33");
  }

  @Test
  void aTokenThatDoesNotExistIsRefused() {
    assertThatThrownBy(() -> TokenStream.of(new int[] {0, 2}, 1, List.of("a", "b")))
        .hasMessage("token 1 is 2, but the 2 tokens are 0 to 1");
    assertThatThrownBy(() -> TokenStream.of(new int[] {0, 1}, 0, List.of("a", "b")))
        .hasMessage("a window needs at least 1 token, not 0");
  }
}
