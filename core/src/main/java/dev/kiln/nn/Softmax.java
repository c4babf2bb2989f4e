package dev.kiln.nn;

import dev.kiln.op.Value;

/**
 * Scores to probabilities along one axis: any shape to the same shape. Not for training with
 * cross-entropy, which takes the scores themselves.
 *
 * @param axis the axis of the classes, counted from the back when negative
 */
public record Softmax(int axis) implements Layer {

  /** Returns the softmax over the last axis. */
  public static Softmax of() {
    return new Softmax(-1);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    return scope.ops().softmax(x, axis < 0 ? axis + x.shape().rank() : axis);
  }
}
