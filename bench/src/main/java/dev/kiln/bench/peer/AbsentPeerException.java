package dev.kiln.bench.peer;

/** A peer cannot be started on this machine; the message says why, and how to get it. */
public final class AbsentPeerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public AbsentPeerException(String message) {
    super(message);
  }
}
