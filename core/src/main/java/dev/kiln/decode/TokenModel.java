package dev.kiln.decode;

import java.util.List;

/**
 * A model that reads a sequence token by token and says how likely each token is to come next.
 *
 * <p>What it remembers of the tokens read so far is an explicit, immutable state, so that several
 * continuations of one beginning can be followed side by side.
 *
 * @param <S> the state
 */
public interface TokenModel<S> {

  /** Returns the number of tokens; they are the numbers from 0 on. */
  int tokens();

  /**
   * Reads one more token after each of several beginnings.
   *
   * @param states where each beginning stands, at least one
   * @param tokens the token to read there, as many as there are states
   * @return what follows each, in the same order
   */
  List<Reading<S>> read(List<S> states, int[] tokens);

  /**
   * What a model says after reading a token.
   *
   * @param state where it stands now
   * @param logProbabilities the logarithm of the probability of each token to be the next
   */
  record Reading<S>(S state, float[] logProbabilities) {

    /**
     * Returns the logarithm of a token's probability.
     *
     * @throws ArithmeticException if it is not a number
     */
    public double logProbability(int token) {
      float value = logProbabilities[token];
      if (Float.isNaN(value)) {
        throw new ArithmeticException(
            "the model's probability of token %d is not a number; its weights or its input are not finite"
                .formatted(token));
      }
      return value;
    }
  }
}
