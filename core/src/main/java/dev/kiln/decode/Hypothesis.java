package dev.kiln.decode;

import java.util.List;

/**
 * A sequence that a search found.
 *
 * @param tokens what the model says, without the marks of beginning and end
 * @param logProbability the logarithm of the model's probability of exactly these tokens, the mark
 *     of the end included where there is one
 * @param score what it is ranked by, higher is better
 * @param ended whether it ends with the mark of the end, or was cut off at the greatest length
 */
public record Hypothesis(List<Integer> tokens, double logProbability, double score, boolean ended) {

  /** Copies the tokens. */
  public Hypothesis {
    tokens = List.copyOf(tokens);
  }
}
