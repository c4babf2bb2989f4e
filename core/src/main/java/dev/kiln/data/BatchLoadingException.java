package dev.kiln.data;

/** An example could not be read or transformed; the message says which, the cause says why. */
public final class BatchLoadingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BatchLoadingException(String message, Throwable cause) {
    super(message, cause);
  }
}
