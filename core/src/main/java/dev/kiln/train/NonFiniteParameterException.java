package dev.kiln.train;

/**
 * Thrown at the end of an epoch when a parameter or a running statistic is infinite or not a
 * number, though every loss was finite. Some libraries' rectifiers and poolings take not-a-number
 * for zero (oneDNN's, cuDNN's), so a network may be broken without its loss showing it.
 */
public final class NonFiniteParameterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param epoch the epoch that has ended, from 1
   * @param name the parameter or statistic
   */
  public NonFiniteParameterException(long epoch, String name) {
    super(
        ("after epoch %d %s is not finite, though every loss was, since an operation after it takes"
             + " what is not a number for zero. Look for values in the data that are not numbers,"
             + " lower the learning rate, or clip the gradients")
            .formatted(epoch, name));
  }
}
