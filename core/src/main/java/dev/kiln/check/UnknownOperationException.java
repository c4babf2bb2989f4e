package dev.kiln.check;

/** Thrown for a case of something this build does not know; the case is skipped, not failed. */
final class UnknownOperationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception that names what is not known. */
  UnknownOperationException(String message) {
    super(message);
  }
}
