package dev.kiln.op;

/**
 * An operation that exists only between a backend's lowering and its compilation, such as a reorder
 * into a private layout or a fused pair. Only the backend that introduced it compiles it.
 */
public non-sealed interface PrivateSpec extends OpSpec {

  /** Refuses: lowering happens after differentiation. */
  @Override
  default void gradient(Adjoint adjoint) {
    throw new UnsupportedOperationException(
        opName() + " is private to a backend and introduced after differentiation");
  }
}
