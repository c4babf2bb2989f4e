package dev.kiln.backend;

/** Thrown when a backend cannot give the memory asked for. */
public final class OutOfMemoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long requestedBytes;
  private final long availableBytes;

  /**
   * Creates an exception.
   *
   * @param what what the memory was for
   * @param requestedBytes what was asked for
   * @param availableBytes what there was
   */
  public OutOfMemoryException(String what, long requestedBytes, long availableBytes) {
    super(
        "%s needs %,d bytes, but only %,d are available"
            .formatted(what, requestedBytes, availableBytes));
    this.requestedBytes = requestedBytes;
    this.availableBytes = availableBytes;
  }

  /** Returns the bytes asked for. */
  public long requestedBytes() {
    return requestedBytes;
  }

  /** Returns the bytes there were. */
  public long availableBytes() {
    return availableBytes;
  }
}
