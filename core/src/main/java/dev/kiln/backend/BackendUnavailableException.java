package dev.kiln.backend;

/**
 * Thrown when a backend was asked for that this machine cannot run. The message says what would
 * help.
 */
public final class BackendUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public BackendUnavailableException(String message) {
    super(message);
  }
}
