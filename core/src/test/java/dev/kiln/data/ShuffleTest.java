package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.tensor.Philox;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShuffleTest {

  @Property
  void aShuffleIsAPermutation(
      @ForAll @IntRange(min = 0, max = 300) int size, @ForAll long seed, @ForAll long epoch) {
    int[] items = IntStream.range(0, size).toArray();
    Shuffle.shuffle(items, new Philox(seed, 1, epoch));
    Arrays.sort(items);
    assertThat(items).containsExactly(IntStream.range(0, size).toArray());
  }

  @Test
  void allPermutationsAreEquallyLikely() {
    Map<String, Integer> counts = new HashMap<>();
    for (int epoch = 0; epoch < 24_000; epoch++) {
      int[] items = {0, 1, 2, 3};
      Shuffle.shuffle(items, new Philox(9, 1, epoch));
      counts.merge(Arrays.toString(items), 1, Integer::sum);
    }
    assertThat(counts).hasSize(24);
    // Chi-squared with 23 degrees of freedom exceeds 58.6 with probability 6e-5.
    double chiSquared =
        counts.values().stream().mapToDouble(n -> (n - 1000.0) * (n - 1000.0) / 1000.0).sum();
    assertThat(chiSquared).isLessThan(58.6);
  }
}
