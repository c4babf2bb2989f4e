package dev.kiln.bench.peer;

import java.io.IOException;

/** A peer's process ended or fell silent; the message has the end of what it wrote. */
public final class PeerFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public PeerFailedException(String message) {
    super(message);
  }
}
