package dev.kiln.cli;

/** The command was called with something it cannot do; the message says what it can. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public UsageException(String message) {
    super(message);
  }

  /** Creates the exception. */
  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
