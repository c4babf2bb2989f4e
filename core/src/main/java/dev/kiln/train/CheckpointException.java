package dev.kiln.train;

import java.io.IOException;

/** Thrown when a checkpoint is damaged, or belongs to another network. */
public final class CheckpointException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public CheckpointException(String message) {
    super(message);
  }

  /** Creates an exception with a complete message and what it came from. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
