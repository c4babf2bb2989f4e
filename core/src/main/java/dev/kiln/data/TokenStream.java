package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A long sequence of tokens cut into windows: features are the tokens of a window, I64[window], the
 * target the tokens that follow each of them, I64[window]. What does not fill the last window of a
 * row is left out.
 */
public final class TokenStream implements ContinuousDataset {

  private final int[] tokens;
  private final int window;
  private final List<String> names;
  private final int rows;
  private final int windowsPerRow;

  private TokenStream(int[] tokens, int window, List<String> names, int rows) {
    this.tokens = tokens;
    this.window = window;
    this.names = names;
    this.rows = rows;
    this.windowsPerRow = (tokens.length - 1) / rows / window;
    if (windowsPerRow == 0) {
      throw new IllegalArgumentException(
          ("a text of %,d characters is too short: a window of %d and the character after it must"
                  + " fit into it, and a batch of %d rows needs %,d")
              .formatted(tokens.length, window, rows, (long) rows * window + 1));
    }
  }

  /**
   * Cuts a sequence.
   *
   * @param tokens the sequence, each an index into the names
   * @param window how many tokens a network sees at once, at least 1
   * @param names what each token stands for
   * @throws IllegalArgumentException if it is too short for one window and the token after it
   */
  public static TokenStream of(int[] tokens, int window, List<String> names) {
    if (window < 1) {
      throw new IllegalArgumentException("a window needs at least 1 token, not " + window);
    }
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= names.size()) {
        throw new IllegalArgumentException(
            "token %d is %d, but the %d tokens are 0 to %d"
                .formatted(i, tokens[i], names.size(), names.size() - 1));
      }
    }
    return new TokenStream(tokens.clone(), window, List.copyOf(names), 1);
  }

  /** Cuts the sequence into as many streams of equal length, which the rows of a batch read. */
  @Override
  public TokenStream inRows(int count) {
    return new TokenStream(tokens, window, names, count);
  }

  /** Returns the whole sequence. */
  public int[] tokens() {
    return tokens.clone();
  }

  @Override
  public int size() {
    return rows * windowsPerRow;
  }

  @Override
  public TensorType features() {
    return TensorType.of(DType.I64, window);
  }

  @Override
  public TensorType target() {
    return TensorType.of(DType.I64, window);
  }

  @Override
  public List<String> classNames() {
    return names;
  }

  @Override
  public void readFeatures(int index, Tensor stack, int row) {
    copy(first(index), stack, row);
  }

  @Override
  public void readTarget(int index, Tensor stack, int row) {
    copy(first(index) + 1, stack, row);
  }

  /** Consecutive examples are the same window of consecutive streams. */
  private int first(int index) {
    return (index % rows * windowsPerRow + index / rows) * window;
  }

  private void copy(int first, Tensor stack, int row) {
    for (int i = 0; i < window; i++) {
      stack.data().setAtIndex(ValueLayout.JAVA_LONG, (long) row * window + i, tokens[first + i]);
    }
  }
}
