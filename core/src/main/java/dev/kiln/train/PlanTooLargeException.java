package dev.kiln.train;

import dev.kiln.backend.OutOfMemoryException;

/** Thrown when a batch of the size asked for does not fit into memory. */
public final class PlanTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int largestBatch;

  private PlanTooLargeException(
      int batch, OutOfMemoryException cause, String advice, int largestBatch) {
    super("a batch of %d does not fit: %s; %s".formatted(batch, cause.getMessage(), advice), cause);
    this.largestBatch = largestBatch;
  }

  /**
   * Returns an exception for a batch whose plan does not fit, before the first step.
   *
   * @param batch the batch size asked for
   * @param cause what was asked for, and what there was
   * @param largestBatch the largest batch whose plan fits, 0 if not even that of one sample does
   */
  public static PlanTooLargeException planned(
      int batch, OutOfMemoryException cause, int largestBatch) {
    return new PlanTooLargeException(
        batch,
        cause,
        largestBatch == 0
            ? "not even a single sample fits"
            : "the largest batch that fits is " + largestBatch,
        largestBatch);
  }

  /**
   * Returns an exception for a batch whose plan fitted, but left a device or a library too little
   * for what they allocate themselves when a step runs. Nobody knows how much that is.
   *
   * @param batch the batch size
   * @param cause what was asked for, and what there was
   * @param smallerBatch the largest batch whose plan takes a sixteenth less, 0 if there is none
   */
  public static PlanTooLargeException running(
      int batch, OutOfMemoryException cause, int smallerBatch) {
    return new PlanTooLargeException(
        batch,
        cause,
        smallerBatch == 0
            ? "even the plan of a single sample leaves no more"
            : "its plan fitted, but left too little; that of a batch of %d takes a sixteenth less"
                .formatted(smallerBatch),
        smallerBatch);
  }

  /**
   * Returns the largest batch that would fit, 0 if not even one sample does. Where the memory ran
   * out in a step it is the largest that takes a sixteenth less.
   */
  public int largestBatch() {
    return largestBatch;
  }
}
