package dev.kiln.nn;

import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;

/**
 * A table of learned vectors, looked up by number: whole numbers [N, ...] in [0, rows) to [N, ...,
 * features].
 *
 * <p>Parameters: {@code weight} [rows, features], standard normal at first.
 *
 * @param rows how many vectors there are, such as the size of the vocabulary
 * @param features the length of each
 * @param weight how the table is drawn
 */
public record Embedding(int rows, int features, Initializer weight) implements Layer {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is below 1
   */
  public Embedding {
    if (rows < 1 || features < 1) {
      throw new IllegalArgumentException(
          "embedding: rows and features must be at least 1, but got %d rows of %d features"
              .formatted(rows, features));
    }
  }

  /** Returns a table of this size with PyTorch's initialization. */
  public static Embedding of(int rows, int features) {
    return new Embedding(rows, features, Initializers.normal(0, 1));
  }

  /** Returns this table drawn differently. */
  public Embedding withWeight(Initializer other) {
    return new Embedding(rows, features, other);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    Value table = scope.parameter("weight", Shape.of(rows, features), weight);
    return scope.ops().embedding(x, table);
  }

  @Override
  public String describe() {
    return "Embedding(%d, %d)".formatted(rows, features);
  }
}
