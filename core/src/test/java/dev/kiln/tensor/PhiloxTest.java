package dev.kiln.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {

  /** The known-answer vectors for philox4x32, 10 rounds, of the authors' library Random123. */
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void reproducesTheKnownAnswers(String counter, String key, String expected) {
    int[] c = words(counter);
    int[] k = words(key);
    int[] out = new int[4];
    Philox.block(k[0], k[1], c[0], c[1], c[2], c[3], out, 0);
    assertThat(out).containsExactly(words(expected));
  }

  /**
   * The same vector through the public face: seed is the key, (block, stream, step) the counter.
   */
  @Test
  void seedIsTheKeyAndBlockStreamStepAreTheCounter() {
    Philox philox = new Philox(0x299f31d0_a4093822L, 0x85a308d3, 0x03707344_13198a2eL);
    int[] out = new int[6];
    philox.block(0x243f6a88, out, 1);
    assertThat(out).containsExactly(words("0 d16cfe09 94fdcceb 5001e420 24126ea1 0"));
  }

  @Property
  void anyPrefixOfASequenceIsTheSame(
      @ForAll long seed, @ForAll int stream, @ForAll long step, @ForAll @IntRange(max = 40) int n) {
    Philox philox = new Philox(seed, stream, step);
    int[] all = new int[40];
    philox.fillBits(all);
    int[] prefix = new int[n];
    philox.fillBits(prefix);
    assertThat(prefix).containsExactly(Arrays.copyOf(all, n));
  }

  @Property
  void normalAndUniformPrefixesAreTheSame(@ForAll long seed, @ForAll @IntRange(max = 20) int n) {
    Philox philox = new Philox(seed, 1, 2);
    double[] all = new double[20];
    double[] prefix = new double[n];
    philox.fillNormal(all);
    philox.fillNormal(prefix);
    assertThat(prefix).containsExactly(Arrays.copyOf(all, n));
    philox.fillUniform(all);
    philox.fillUniform(prefix);
    assertThat(prefix).containsExactly(Arrays.copyOf(all, n));
  }

  @Test
  void seedStreamStepAndBlockEachGiveOtherNumbers() {
    Set<Integer> first = new HashSet<>();
    for (Philox philox :
        new Philox[] {
          new Philox(1, 0, 0),
          new Philox(1L << 32, 0, 0),
          new Philox(0, 1, 0),
          new Philox(0, 0, 1),
          new Philox(0, 0, 1L << 32),
          new Philox(0, 0, 0)
        }) {
      int[] words = new int[8];
      philox.fillBits(words);
      first.add(words[0]);
      first.add(words[4]);
    }
    assertThat(first).hasSize(12);
  }

  @Test
  void uniformCoversItsRangeAndNeverReachesOne() {
    assertThat(Philox.uniform(0)).isZero();
    assertThat(Philox.uniform(0xFFFFFFFF)).isEqualTo(Math.nextDown(1f));
    assertThat(Philox.uniform(0x80000000)).isEqualTo(0.5f);
    assertThat(Philox.uniform(0, 0)).isZero();
    assertThat(Philox.uniform(0xFFFFFFFF, 0xFFFFFFFF)).isEqualTo(Math.nextDown(1.0));
    assertThat(Philox.uniform(0x80000000, 0)).isEqualTo(0.5);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "1000", "2147483647"})
  void belowStaysBelowItsBoundAtBothEnds(int bound) {
    assertThat(Philox.below(bound, 0, 0)).isZero();
    assertThat(Philox.below(bound, -1, -1)).isEqualTo(bound - 1);
  }

  @Test
  void belowIsUniform() {
    int[] words = new int[120_000];
    new Philox(7, 0, 0).fillBits(words);
    int[] counts = new int[6];
    for (int i = 0; i < words.length; i += 2) {
      counts[Philox.below(6, words[i], words[i + 1])]++;
    }
    // Chi-squared with 5 degrees of freedom exceeds 25.7 with probability 1e-4.
    double chiSquared = 0;
    for (int count : counts) {
      chiSquared += (count - 10_000.0) * (count - 10_000.0) / 10_000.0;
    }
    assertThat(chiSquared).isLessThan(25.7);
  }

  @Test
  void normalHasTheMomentsOfAStandardNormal() {
    double[] x = new double[100_000];
    new Philox(3, 0, 0).fillNormal(x);
    double[] moments = new double[5];
    for (double value : x) {
      for (int power = 1; power <= 4; power++) {
        moments[power] += Math.pow(value, power) / x.length;
      }
    }
    assertThat(moments[1]).isCloseTo(0, within(0.015)); // 4.7 standard errors
    assertThat(moments[2]).isCloseTo(1, within(0.02));
    assertThat(moments[3]).isCloseTo(0, within(0.05));
    assertThat(moments[4]).isCloseTo(3, within(0.15));
    assertThat(DoubleStream.of(x)).allMatch(Double::isFinite);
  }

  private static int[] words(String hex) {
    return Stream.of(hex.split(" ")).mapToInt(w -> Integer.parseUnsignedInt(w, 16)).toArray();
  }
}
