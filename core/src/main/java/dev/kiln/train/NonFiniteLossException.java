package dev.kiln.train;

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
   * @param node the first node whose result was not finite
   */
  public NonFiniteLossException(long step, double loss, String node) {
    super(
        ("the loss is %s at step %d; the first node whose result is not finite is %s. Lower the"
                + " learning rate, clip the gradients, or look for unusual values in the data")
            .formatted(loss, step, node));
  }
}
