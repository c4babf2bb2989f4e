package dev.kiln.train;

import dev.kiln.exec.NonFinite;

/**
 * Thrown when the loss is infinite or not a number. The parameters are still those before the step.
 */
public final class NonFiniteLossException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param step the update that would have followed, from 1
   * @param loss the loss
   * @param cause where it went wrong
   */
  public NonFiniteLossException(long step, double loss, NonFinite cause) {
    super(
        "the loss is %s at step %d; the first node whose result is not finite is %s. %s"
            .formatted(
                loss,
                step,
                cause,
                cause.data().isPresent()
                    ? "Correct the data"
                    : "Lower the learning rate, clip the gradients, or look for unusual values in"
                        + " the data"));
  }
}
