package dev.kiln.nn;

import dev.kiln.op.Value;

/**
 * A residual connection (He et al. 2015): {@code body(x) + shortcut(x)}. The children are named
 * {@code body} and {@code shortcut}.
 *
 * @param body what learns the difference
 * @param shortcut the way around it, to the same shape
 */
public record Residual(Layer body, Layer shortcut) implements Layer {

  /** Returns the connection with the input itself as its shortcut. */
  public static Residual of(Layer body) {
    return new Residual(body, new Identity());
  }

  /** Returns the connection with a shortcut of its own, such as a 1x1 convolution. */
  public static Residual of(Layer body, Layer shortcut) {
    return new Residual(body, shortcut);
  }

  @Override
  public Value apply(Scope scope, Value x) {
    Value y = scope.child("body", body, x);
    Value around = scope.child("shortcut", shortcut, x);
    // Without this, a broadcast would hide the mistake.
    scope.require(
        y.shape().equals(around.shape()),
        "residual: body and shortcut must return one shape, but got %s and %s; change the shape of the shortcut too, for example by a 1x1 convolution"
            .formatted(y.shape(), around.shape()));
    return scope.ops().add(y, around);
  }
}
