package dev.kiln.decode;

import java.util.List;
import java.util.PrimitiveIterator;

/**
 * The tokens by which a model continues a beginning, one after the other without end. What is
 * chosen is read by the model before the next one is asked for.
 *
 * @param <S> the model's state
 */
public final class Continuation<S> implements PrimitiveIterator.OfInt {

  private static final int NONE = -1;

  private final TokenModel<S> model;
  private final TokenChoice choice;
  private TokenModel.Reading<S> last;
  private long position;
  private int pending = NONE;

  /**
   * Reads the beginning.
   *
   * @param model what continues
   * @param start the model's state before the first token
   * @param beginning the tokens to continue, at least one
   * @param choice how each token is chosen
   * @throws IllegalArgumentException if the beginning is empty or has a token that does not exist
   */
  public Continuation(TokenModel<S> model, S start, int[] beginning, TokenChoice choice) {
    if (beginning.length == 0) {
      throw new IllegalArgumentException("a continuation needs at least one token to continue");
    }
    for (int token : beginning) {
      if (token < 0 || token >= model.tokens()) {
        throw new IllegalArgumentException(
            "there is no token %d; the model's are 0 to %d".formatted(token, model.tokens() - 1));
      }
    }
    this.model = model;
    this.choice = choice;
    this.last = read(start, beginning[0]);
    for (int i = 1; i < beginning.length; i++) {
      this.last = read(last.state(), beginning[i]);
    }
  }

  private TokenModel.Reading<S> read(S state, int token) {
    return model.read(List.of(state), new int[] {token}).getFirst();
  }

  /** Returns true: the continuation has no end. */
  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public int nextInt() {
    // The token before is read only now: after the last one that is wanted nothing is computed.
    if (pending != NONE) {
      last = read(last.state(), pending);
    }
    pending = choice.choose(last, position++);
    return pending;
  }
}
