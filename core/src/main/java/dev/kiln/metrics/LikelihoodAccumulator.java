package dev.kiln.metrics;

import java.util.Arrays;

/** Collects the log likelihoods that a language model gives to the true tokens. */
public final class LikelihoodAccumulator implements Accumulator<LikelihoodEvaluation> {
  private final ExactSum negativeLogLikelihood = new ExactSum();
  private long tokens;
  private long characters;

  /** Creates an accumulator without tokens. */
  public LikelihoodAccumulator() {}

  /**
   * Adds the tokens that a mask selects, each of one character.
   *
   * @param logLikelihoods natural logarithm of the probability of each true token, at most 0
   * @param mask which tokens count; the others are neither read nor checked
   * @throws InvalidRowException if a selected value is positive or not finite, or the lengths
   *     differ
   */
  public void add(double[] logLikelihoods, boolean[] mask) {
    add(logLikelihoods, mask, count(mask));
  }

  /**
   * Adds the tokens that a mask selects, which together spell so many characters.
   *
   * @param logLikelihoods natural logarithm of the probability of each true token, at most 0
   * @param mask which tokens count; the others are neither read nor checked
   * @param characterCount number of characters of the selected tokens, at least 0
   * @throws InvalidRowException if a selected value is positive or not finite, or the lengths
   *     differ
   */
  public void add(double[] logLikelihoods, boolean[] mask, long characterCount) {
    InvalidRowException.requireSameLength(
        "log likelihoods", logLikelihoods.length, "mask entries", mask.length);
    if (characterCount < 0) {
      throw new IllegalArgumentException(
          "metrics: the number of characters cannot be negative, got " + characterCount);
    }
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        check(i, logLikelihoods[i]);
      }
    }
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        negativeLogLikelihood.add(-logLikelihoods[i]);
        tokens++;
      }
    }
    characters += characterCount;
  }

  /** Adds tokens of one character each, all of which count. */
  public void add(double[] logLikelihoods) {
    boolean[] all = new boolean[logLikelihoods.length];
    Arrays.fill(all, true);
    add(logLikelihoods, all);
  }

  /** Adds every token of another accumulator, which stays as it is. */
  public void merge(LikelihoodAccumulator other) {
    negativeLogLikelihood.add(other.negativeLogLikelihood);
    tokens += other.tokens;
    characters += other.characters;
  }

  /** Returns how many tokens were added. */
  @Override
  public long rows() {
    return tokens;
  }

  @Override
  public void reset() {
    negativeLogLikelihood.clear();
    tokens = 0;
    characters = 0;
  }

  @Override
  public LikelihoodEvaluation evaluate() {
    Accumulator.requireRows(tokens);
    return new LikelihoodEvaluation(negativeLogLikelihood.value(), tokens, characters);
  }

  private static void check(int row, double logLikelihood) {
    InvalidRowException.requireFinite(row, "log likelihood", logLikelihood);
    if (logLikelihood > 0) {
      throw new InvalidRowException(
          row,
          "log likelihood " + logLikelihood + " is above 0; pass the logarithm of a probability");
    }
  }

  private static long count(boolean[] mask) {
    long selected = 0;
    for (boolean one : mask) {
      selected += one ? 1 : 0;
    }
    return selected;
  }
}
