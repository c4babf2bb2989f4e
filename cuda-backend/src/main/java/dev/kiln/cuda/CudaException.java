package dev.kiln.cuda;

import dev.kiln.backend.BackendFailedException;

/**
 * Thrown when a call of a CUDA library fails. The message names the call, the library's own
 * explanation and, where the call belongs to an operation, the operation and its types.
 */
public final class CudaException extends BackendFailedException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  CudaException(String message) {
    super(message);
  }

  private CudaException(String message, CudaException cause) {
    super(message, cause);
  }

  /**
   * Creates an exception for a failed call.
   *
   * @param call the function's name
   * @param status what it returned
   * @param explanation what the library says about that
   */
  static CudaException of(String call, int status, String explanation) {
    return new CudaException("%s failed with status %d: %s".formatted(call, status, explanation));
  }

  /** Returns this failure together with the operation that it belongs to. */
  CudaException in(String operation) {
    return new CudaException(operation + ": " + getMessage(), this);
  }
}
