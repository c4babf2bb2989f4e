package dev.kiln.nn;

import dev.kiln.op.Value;

/** The input, unchanged: the shortcut of a residual connection that needs no projection. */
public record Identity() implements Layer {

  @Override
  public Value apply(Scope scope, Value x) {
    return x;
  }
}
