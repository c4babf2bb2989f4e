package dev.kiln.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.data.SequenceDataset;
import dev.kiln.metrics.LikelihoodEvaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Simple methods, against numbers worked out by hand. */
class BaselinesTest {

  /**
   * The text 0 1 0 1 1 of two characters. Method C of Witten and Bell, from the shortest context:
   *
   * <ul>
   *   <li>no context, 5 seen of 2 kinds: p(1) = (3 + 2 / 2) / (5 + 2) = 4/7
   *   <li>after 1, seen twice with 2 kinds (0, 1): p(1) = (1 + 2 4/7) / (2 + 2) = 15/28
   *   <li>after 0 1, seen twice with 2 kinds: p(1) = (1 + 2 15/28) / (2 + 2) = 29/56
   * </ul>
   */
  @Test
  void trigramsAreInterpolatedByWittenAndBellsMethod() {
    int[] text = {0, 1, 0, 1, 1};
    CharacterTrigrams trigrams = CharacterTrigrams.of(text, 2);
    assertThat(trigrams.probability(text, 4)).isCloseTo(29.0 / 56, within(1e-15));
    assertThat(trigrams.probability(new int[] {1}, 0)).isCloseTo(4.0 / 7, within(1e-15));
    assertThat(trigrams.probability(new int[] {1, 1}, 1)).isCloseTo(15.0 / 28, within(1e-15));
  }

  @Test
  void aTextIsJudgedByAllButItsFirstCharacter() {
    int[] text = {0, 1, 0, 1, 1};
    CharacterTrigrams trigrams = CharacterTrigrams.of(text, 2);
    double bits = 0;
    for (int i = 1; i < text.length; i++) {
      bits -= Math.log(trigrams.probability(text, i)) / Math.log(2);
    }
    LikelihoodEvaluation evaluation = trigrams.evaluate(text);
    assertThat(evaluation.rows()).isEqualTo(4);
    assertThat(evaluation.value(Metric.BITS_PER_CHARACTER)).isCloseTo(bits / 4, within(1e-12));
  }

  @Property(tries = 100)
  void probabilitiesOfTrigramsAddUpToOne(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 3) Integer> counted,
      @ForAll @IntRange(min = 0, max = 4) int first,
      @ForAll @IntRange(min = 0, max = 4) int second) {
    int[] text = counted.stream().mapToInt(Integer::intValue).toArray();
    CharacterTrigrams trigrams = CharacterTrigrams.of(text, 5);
    double sum = 0;
    for (int character = 0; character < 5; character++) {
      sum += trigrams.probability(new int[] {first, second, character}, 2);
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
  }

  /**
   * Words 1 1 and 1 2 of class 0, 2 2 of class 1, three letters. Logarithms of the likelihoods:
   * class 0 has the letters 1 1 1 2, so p(1) = 4/7, p(2) = 2/7; class 1 has 2 2, so p(1) = 1/5,
   * p(2) = 3/5. Priors 3/5 and 2/5. The word 1 2: class 0 by 3/5 4/7 2/7, class 1 by 2/5 1/5 3/5.
   */
  @Test
  void letterFrequenciesAreNaiveBayesWithOneAdded() {
    SequenceDataset train = words(new long[] {0, 0, 1}, "11", "12", "22");
    LetterFrequencies frequencies = LetterFrequencies.of(train, 3);
    var one = frequencies.evaluate(words(new long[] {0}, "12"));
    double first = 3.0 / 5 * 4 / 7 * 2 / 7;
    double second = 2.0 / 5 / 5 * 3 / 5;
    assertThat(one.value(Metric.LOG_LOSS))
        .isCloseTo(-Math.log(first / (first + second)), within(1e-6));
    assertThat(one.value(Metric.ACCURACY)).isEqualTo(1);
    assertThat(frequencies.evaluate(words(new long[] {0}, "22")).value(Metric.ACCURACY)).isZero();
  }

  private static SequenceDataset words(long[] labels, String... words) {
    List<Tensor> letters =
        Arrays.stream(words)
            .map(word ->
                Tensor.of(
                    Shape.of(word.length()),
                    word.chars().mapToLong(digit -> digit - '0').toArray()))
            .toList();
    return SequenceDataset.ofClasses(
        letters, Tensor.of(Shape.of(labels.length), labels), List.of("zero", "one"));
  }
}
