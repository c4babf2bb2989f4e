package dev.kiln.backend;

import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** Thrown at plan time when a backend has no implementation of an operation for some types. */
public final class UnsupportedSpecException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param backend the backend's name
   * @param spec the operation
   * @param inputs the types it was to be compiled for
   * @param reason what is not supported and what to do instead
   */
  public UnsupportedSpecException(
      String backend, OpSpec spec, List<TensorType> inputs, String reason) {
    super("backend %s cannot run %s on %s: %s".formatted(backend, spec, inputs, reason));
  }
}
