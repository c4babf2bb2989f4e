package dev.kiln.backend;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Thrown when a backend cannot give the memory asked for. */
public final class OutOfMemoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Stands for a request of which nobody says how large it was. */
  private static final long UNTOLD = -1;

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

  private OutOfMemoryException(
      String message,
      long requestedBytes,
      long availableBytes,
      @Nullable OutOfMemoryException cause) {
    super(message, cause);
    this.requestedBytes = requestedBytes;
    this.availableBytes = availableBytes;
  }

  /**
   * Returns an exception for a device or a library that does not say how much it wanted.
   *
   * @param what what the memory was for
   * @param availableBytes what there was
   */
  public static OutOfMemoryException untold(String what, long availableBytes) {
    return new OutOfMemoryException(
        "%s needs more memory than there is: %,d bytes are available"
            .formatted(what, availableBytes),
        UNTOLD,
        availableBytes,
        null);
  }

  /** Returns this together with what it happened in, such as an operation with its types. */
  public OutOfMemoryException in(String place) {
    return new OutOfMemoryException(
        place + ": " + getMessage(), requestedBytes, availableBytes, this);
  }

  /** Returns the bytes asked for; empty where nobody says how many. */
  public OptionalLong requestedBytes() {
    return requestedBytes == UNTOLD ? OptionalLong.empty() : OptionalLong.of(requestedBytes);
  }

  /** Returns the bytes there were. */
  public long availableBytes() {
    return availableBytes;
  }
}
