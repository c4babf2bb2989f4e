package dev.kiln.decode;

/** Chooses the next token of one sequence. */
@FunctionalInterface
public interface TokenChoice {

  /**
   * Chooses a token.
   *
   * @param reading what the model says
   * @param position how many tokens were chosen before
   * @return the token
   * @throws ArithmeticException if a probability is not a number
   */
  int choose(TokenModel.Reading<?> reading, long position);

  /** Returns the choice of the most probable token; of equals the one with the smallest number. */
  static TokenChoice greedy() {
    return (reading, position) -> {
      int best = 0;
      for (int token = 1; token < reading.logProbabilities().length; token++) {
        if (reading.logProbability(token) > reading.logProbability(best)) {
          best = token;
        }
      }
      return best;
    };
  }
}
