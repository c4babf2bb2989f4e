package dev.kiln.check;

import java.io.IOException;

/** Thrown for a golden case that is damaged or incomplete; the message says what is missing. */
final class GoldenCaseException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  GoldenCaseException(String message) {
    super(message);
  }
}
