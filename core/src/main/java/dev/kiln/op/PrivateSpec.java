package dev.kiln.op;

import java.util.Optional;

/**
 * An operation that exists only between a backend's lowering and its compilation, such as a reorder
 * into a private layout or a fused pair. Only the backend that introduced it compiles it.
 */
public non-sealed interface PrivateSpec extends OpSpec {

  /**
   * Returns the operation of which this is another form with the same operands first, such as one
   * that applies an activation to its result; empty if it is none.
   */
  default Optional<OpSpec> altered() {
    return Optional.empty();
  }

  /** Refuses: lowering happens after differentiation. */
  @Override
  default void gradient(Adjoint adjoint) {
    throw new UnsupportedOperationException(
        opName() + " is private to a backend and introduced after differentiation");
  }
}
