package dev.kiln.models.zoo;

/** A model was asked for by a name that the zoo does not have. The message lists those it has. */
public final class UnknownModelException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  UnknownModelException(String message) {
    super(message);
  }
}
