package dev.kiln.train;

/** Thrown before the first step when a batch of the size asked for does not fit into memory. */
public final class PlanTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int largestBatch;

  /**
   * Creates an exception.
   *
   * @param batch the batch size asked for
   * @param neededBytes what its plan needs
   * @param availableBytes what there is
   * @param largestBatch the largest batch that would fit, 0 if not even one sample does
   */
  public PlanTooLargeException(int batch, long neededBytes, long availableBytes, int largestBatch) {
    super(
        "a batch of %d needs %,d bytes, but only %,d are available; %s"
            .formatted(
                batch,
                neededBytes,
                availableBytes,
                largestBatch == 0
                    ? "not even a single sample fits"
                    : "the largest batch that fits is " + largestBatch));
    this.largestBatch = largestBatch;
  }

  /** Returns the largest batch that would fit, 0 if not even one sample does. */
  public int largestBatch() {
    return largestBatch;
  }
}
