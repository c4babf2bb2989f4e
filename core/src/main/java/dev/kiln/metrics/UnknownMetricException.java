package dev.kiln.metrics;

/**
 * A metric was asked of an evaluation of another kind, such as the accuracy of predicted values.
 */
public final class UnknownMetricException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  /** Creates the exception with a message that names the metrics there are. */
  UnknownMetricException(String message) {
    super(message);
  }
}
