package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceEvaluationTest {
  @ParameterizedTest
  @CsvSource({
    "kitten, sitting, 3",
    "sunday, saturday, 3",
    "flaw, lawn, 2",
    "'', abc, 3",
    "abc, '', 3",
    "'', '', 0",
    "same, same, 0"
  })
  void theEditDistanceIsLevenshteins(String source, String target, int expected) {
    int distance = EditDistance.between(source.chars().toArray(), target.chars().toArray());

    assertThat(distance).isEqualTo(expected);
  }

  @Property(tries = 200)
  void theEditDistanceIsItsRecursiveDefinition(
      @ForAll @Size(max = 6) List<@IntRange(max = 2) Integer> source,
      @ForAll @Size(max = 6) List<@IntRange(max = 2) Integer> target) {
    assertThat(EditDistance.between(ints(source), ints(target)))
        .isEqualTo(recursive(source, target));
  }

  @Test
  void ratesCountEditsPerTokenAndWrongSequences() {
    SequenceAccumulator accumulator = new SequenceAccumulator();
    accumulator.add(new int[] {1, 2, 3, 4}, new int[] {1, 3, 4});
    accumulator.add(new int[] {1, 2}, new int[] {1, 2});
    accumulator.add(new int[] {5, 5}, new int[] {5, 6, 7});
    accumulator.add(new int[0], new int[0]);

    SequenceEvaluation evaluation = accumulator.evaluate();

    assertThat(evaluation).isEqualTo(new SequenceEvaluation(4, 2, 8, 3));
    assertThat(evaluation.value(Metric.TOKEN_ERROR_RATE)).isEqualTo(3 / 8.0);
    assertThat(evaluation.value(Metric.SEQUENCE_ERROR_RATE)).isEqualTo(0.5);
    assertThat(evaluation.value(Metric.EDIT_DISTANCE)).isEqualTo(0.75);
  }

  @Test
  void maskedStepsDoNotCount() {
    SequenceAccumulator accumulator = new SequenceAccumulator();
    boolean[] mask = {true, true, false};
    accumulator.add(new int[] {1, 2, 0}, new int[] {1, 2, 9}, mask);
    accumulator.add(
        new int[] {1, 2, 0},
        mask,
        new int[] {7, 1, 2, 7},
        new boolean[] {false, true, true, false});

    assertThat(accumulator.evaluate()).isEqualTo(new SequenceEvaluation(2, 0, 4, 0));
  }

  @Test
  void workersMerge() {
    SequenceAccumulator first = new SequenceAccumulator();
    first.add(new int[] {1}, new int[] {2});
    SequenceAccumulator second = new SequenceAccumulator();
    second.add(new int[] {1, 2}, new int[] {1, 2});
    first.merge(second);

    assertThat(first.evaluate()).isEqualTo(new SequenceEvaluation(2, 1, 3, 1));
  }

  @Test
  void withoutTrueTokensTheTokenErrorRateIsZeroOrUndefined() {
    assertThat(new SequenceEvaluation(1, 0, 0, 0).tokenErrorRate()).isZero();
    assertThat(new SequenceEvaluation(1, 1, 0, 2).tokenErrorRate()).isNaN();
  }

  @Test
  void aModelThatHalvesItsBetsHasPerplexityTwoAndOneBit() {
    LikelihoodAccumulator accumulator = new LikelihoodAccumulator();
    double half = Math.log(0.5);
    accumulator.add(new double[] {half, Double.NaN, half}, new boolean[] {true, false, true});

    LikelihoodEvaluation evaluation = accumulator.evaluate();

    assertThat(evaluation.rows()).isEqualTo(2);
    assertThat(evaluation.perplexity()).isCloseTo(2, within(1e-15));
    assertThat(evaluation.bitsPerCharacter()).isCloseTo(1, within(1e-15));
  }

  @Test
  void perplexityCountsTokensAndBitsCountCharacters() {
    LikelihoodAccumulator accumulator = new LikelihoodAccumulator();
    accumulator.add(new double[] {Math.log(1 / 8.0)}, new boolean[] {true}, 6);

    assertThat(accumulator.evaluate().perplexity()).isCloseTo(8, within(1e-14));
    assertThat(accumulator.evaluate().bitsPerCharacter()).isCloseTo(0.5, within(1e-15));
  }

  @Test
  void withoutCharactersBitsAreUndefined() {
    LikelihoodAccumulator accumulator = new LikelihoodAccumulator();
    accumulator.add(new double[] {-1}, new boolean[] {true}, 0);

    assertThat(accumulator.evaluate().bitsPerCharacter()).isNaN();
    assertThatThrownBy(() -> accumulator.add(new double[] {-1}, new boolean[] {true}, -1))
        .hasMessageContaining("-1");
  }

  private static int recursive(List<Integer> source, List<Integer> target) {
    if (source.isEmpty() || target.isEmpty()) {
      return source.size() + target.size();
    }
    List<Integer> shorterSource = source.subList(1, source.size());
    List<Integer> shorterTarget = target.subList(1, target.size());
    if (source.getFirst().equals(target.getFirst())) {
      return recursive(shorterSource, shorterTarget);
    }
    int[] choices = {
      recursive(shorterSource, target),
      recursive(source, shorterTarget),
      recursive(shorterSource, shorterTarget)
    };
    return 1 + Arrays.stream(choices).min().getAsInt();
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
