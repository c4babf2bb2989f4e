package dev.kiln.nn;

import dev.kiln.op.Value;

/** All dimensions after the batch as one: [N, ...] to [N, everything else]. */
public record Flatten() implements Layer {

  @Override
  public Value apply(Scope scope, Value x) {
    scope.require(
        x.shape().rank() >= 1,
        "flatten: x must have a batch dimension [N, ...]; got x " + x.type());
    return scope.ops().flatten(x);
  }
}
