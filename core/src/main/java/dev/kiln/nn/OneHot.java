package dev.kiln.nn;

import dev.kiln.op.Value;

/**
 * Whole numbers as vectors that are 1 at the number's place and 0 elsewhere: [N, ...] in [0, depth)
 * to [N, ..., depth].
 *
 * @param depth how many numbers there are, such as the size of the vocabulary
 */
public record OneHot(int depth) implements Layer {

  /**
   * Checks the depth.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public OneHot {
    if (depth < 1) {
      throw new IllegalArgumentException("one-hot: the depth must be at least 1, not " + depth);
    }
  }

  /** Returns a layer for this many numbers. */
  public static OneHot of(int depth) {
    return new OneHot(depth);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    return scope.graph().apply(new dev.kiln.op.OneHot(depth, scope.dtype()), x);
  }

  @Override
  public String describe() {
    return "OneHot(" + depth + ")";
  }
}
