package dev.kiln.data;

import java.io.IOException;

/** A data file is missing, damaged or not what it claims to be; the message names it and where. */
public final class InvalidDataException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param file what was being read
   * @param problem what is wrong with it, and where
   */
  public InvalidDataException(Object file, String problem) {
    super(file + ": " + problem);
  }

  /**
   * Makes an exception with the error behind it.
   *
   * @param file what was being read
   * @param problem what is wrong with it, and where
   * @param cause the error that showed it
   */
  public InvalidDataException(Object file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
