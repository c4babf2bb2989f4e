package dev.kiln.nn;

import dev.kiln.op.Value;

/**
 * A part of a network: writes the operations that turn its input into its output, and asks the
 * scope for the parameters it learns. Sizes that follow from the input, such as the number of input
 * features, are read off the input's shape.
 *
 * <p>Any function of this form is a layer: a residual connection is {@code (scope, x) ->
 * scope.ops().add(x, scope.child("body", body, x))}.
 */
@FunctionalInterface
public interface Layer {

  /**
   * Writes the layer's operations.
   *
   * @param scope where the layer stands: its name, parameters and mode
   * @param x the input, the batch first
   * @return the output
   * @throws dev.kiln.op.ShapeException if the input does not fit; the message names the layer
   */
  Value apply(Scope scope, Value x);

  /** Returns the layer's kind and settings for people, such as {@code Conv2d(20, 5x5)}. */
  default String describe() {
    return getClass().isHidden() ? "function" : getClass().getSimpleName();
  }
}
