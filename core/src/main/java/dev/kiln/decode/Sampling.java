package dev.kiln.decode;

import dev.kiln.tensor.Philox;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws the next token at random, each with probability proportional to {@code p^(1 / temperature)}
 * (Ackley, Hinton, Sejnowski 1985), among the most probable ones only if so wanted (Fan, Lewis,
 * Dauphin 2018). The token at a position follows from the seed, the position and the probabilities
 * alone.
 *
 * @param temperature 1 for the model's own probabilities; below 1 the probable tokens become more
 *     probable, above 1 less
 * @param topK among how many of the most probable tokens it is drawn, at least 1
 * @param seed the same seed draws the same tokens
 */
public record Sampling(double temperature, int topK, long seed) implements TokenChoice {

  /** The Philox stream of drawn tokens; the step is the position. */
  private static final int STREAM = 0x53414d50;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the temperature is not above 0 and finite, or topK below 1
   */
  public Sampling {
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the temperature must be above 0, not %s; for the most probable token take the greedy choice"
              .formatted(temperature));
    }
    if (topK < 1) {
      throw new IllegalArgumentException(
          "top-k must leave at least 1 token to draw from, not " + topK);
    }
  }

  /** Returns the drawing among all tokens. */
  public static Sampling of(double temperature, long seed) {
    return new Sampling(temperature, Integer.MAX_VALUE, seed);
  }

  /** Returns this drawing among the most probable tokens only. */
  public Sampling among(int mostProbable) {
    return new Sampling(temperature, mostProbable, seed);
  }

  @Override
  public int choose(TokenModel.Reading<?> reading, long position) {
    List<Integer> ranked =
        IntStream.range(0, reading.logProbabilities().length)
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer token) -> -reading.logProbability(token))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(topK)
            .toList();
    // Relative to the most probable one, so that no power overflows or all vanish.
    double largest = reading.logProbability(ranked.getFirst());
    double[] weights =
        ranked.stream()
            .mapToDouble(
                token -> StrictMath.exp((reading.logProbability(token) - largest) / temperature))
            .toArray();
    double[] uniform = new double[1];
    new Philox(seed, STREAM, position).fillUniform(uniform);
    double left =
        uniform[0] * IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
    for (int i = 0; i < weights.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return ranked.get(i);
      }
    }
    return ranked.getFirst();
  }
}
