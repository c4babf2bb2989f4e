package dev.kiln.backend;

/**
 * Thrown when a device, or a library that a backend calls, fails. The message names the call, what
 * the library says and, where the call belongs to an operation, the operation with its types.
 */
public class BackendFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public BackendFailedException(String message) {
    super(message);
  }

  /** Creates an exception with a complete message and what it tells more about. */
  public BackendFailedException(String message, BackendFailedException cause) {
    super(message, cause);
  }
}
