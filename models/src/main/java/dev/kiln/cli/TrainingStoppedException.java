package dev.kiln.cli;

/** Training cannot go on; the message says why and what stands. */
final class TrainingStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TrainingStoppedException(String message, Throwable cause) {
    super(message, cause);
  }
}
