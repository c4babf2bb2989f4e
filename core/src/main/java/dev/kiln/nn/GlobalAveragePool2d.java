package dev.kiln.nn;

import dev.kiln.op.Value;

/** The average of every image plane: [N, C, H, W] to [N, C]. */
public record GlobalAveragePool2d() implements Layer {

  @Override
  public Value apply(Scope scope, Value x) {
    scope.require(
        x.shape().rank() == 4,
        "global_average_pool2d: x must have the dimensions [N, C, H, W]; got x " + x.type());
    return scope.ops().globalAveragePool2d(x);
  }
}
