package dev.kiln.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingTest {

  private static final double[] PROBABILITIES = {0.1, 0.4, 0.05, 0.3, 0.15};
  private static final int DRAWS = 40_000;

  private static TokenModel.Reading<String> reading() {
    float[] logs = new float[PROBABILITIES.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (float) Math.log(PROBABILITIES[i]);
    }
    return new TokenModel.Reading<>("state", logs);
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "0.5, 5", "2, 5", "1, 2", "0.7, 3", "1, 100"})
  void tokensAreDrawnAsOftenAsTheirPowerSays(double temperature, int topK) {
    Sampling sampling = new Sampling(temperature, topK, 7);
    double[] wanted = new double[PROBABILITIES.length];
    IntStream.range(0, PROBABILITIES.length)
        .filter(token -> rank(token) < topK)
        .forEach(token -> wanted[token] = Math.pow(PROBABILITIES[token], 1 / temperature));
    double sum = IntStream.range(0, wanted.length).mapToDouble(i -> wanted[i]).sum();
    int[] counts = new int[wanted.length];
    for (int position = 0; position < DRAWS; position++) {
      counts[sampling.choose(reading(), position)]++;
    }
    for (int token = 0; token < wanted.length; token++) {
      double probability = wanted[token] / sum;
      double deviation = Math.sqrt(probability * (1 - probability) / DRAWS);
      assertThat((double) counts[token] / DRAWS)
          .as("token %d", token)
          .isCloseTo(probability, within(4 * deviation + 1e-12));
    }
  }

  /** How many tokens are more probable. */
  private static long rank(int token) {
    return IntStream.range(0, PROBABILITIES.length)
        .filter(other -> PROBABILITIES[other] > PROBABILITIES[token])
        .count();
  }

  @Test
  void theSameSeedDrawsTheSameTokensAndAnotherSeedDoesNot() {
    assertThat(draws(3)).isEqualTo(draws(3)).isNotEqualTo(draws(4));
  }

  private static List<Integer> draws(long seed) {
    return LongStream.range(0, 100)
        .mapToObj(position -> Sampling.of(1, seed).choose(reading(), position))
        .toList();
  }

  @Test
  void amongOneTokenOnlyTheMostProbableIsDrawn() {
    for (int position = 0; position < 50; position++) {
      assertThat(Sampling.of(5, 1).among(1).choose(reading(), position))
          .isEqualTo(TokenChoice.greedy().choose(reading(), position))
          .isEqualTo(1);
    }
  }

  @Test
  void aTemperatureNearZeroOverflowsNothing() {
    assertThat(Sampling.of(1e-300, 1).choose(reading(), 0)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "NaN, 1", "Infinity, 1", "1, 0"})
  void settingsThatMakeNoSenseAreRefused(double temperature, int topK) {
    assertThatThrownBy(() -> new Sampling(temperature, topK, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aContinuationNeedsABeginningOfTokensThatExist() {
    RandomTokenModel model = new RandomTokenModel(3, 1);
    assertThatThrownBy(() -> continuation(model)).hasMessageContaining("at least one token");
    assertThatThrownBy(() -> continuation(model, 3)).hasMessageContaining("no token 3");
    assertThatThrownBy(() -> continuation(model, 1, -1)).hasMessageContaining("no token -1");
  }

  @Test
  void aContinuationReadsItsBeginningAndEveryTokenItChose() {
    RandomTokenModel model = new RandomTokenModel(5, 1);
    Continuation<List<Integer>> tokens = continuation(model, 4, 0);
    List<Integer> read = new ArrayList<>(List.of(4, 0));
    Sampling sampling = Sampling.of(1, 9);
    for (int position = 0; position < 20; position++) {
      int expected =
          sampling.choose(new TokenModel.Reading<>(read, model.logProbabilities(read)), position);
      assertThat(tokens.nextInt()).isEqualTo(expected);
      read.add(expected);
    }
  }

  private static Continuation<List<Integer>> continuation(RandomTokenModel model, int... tokens) {
    return new Continuation<>(model, List.of(), tokens, Sampling.of(1, 9));
  }
}
