package dev.kiln.train;

import dev.kiln.op.CorrectCount;
import java.util.function.DoubleUnaryOperator;

/**
 * How a metric comes of what a device computes with the loss, so that no predictions are copied.
 */
public sealed interface OnDevice {

  /**
   * The share of the samples that an operation counts, of those whose label is not {@link
   * dev.kiln.op.CrossEntropy#IGNORE}.
   *
   * @param count the operation, applied to predictions and targets
   */
  record Share(CorrectCount count) implements OnDevice {}

  /**
   * A function of the mean loss.
   *
   * @param function the function
   */
  record OfLoss(DoubleUnaryOperator function) implements OnDevice {}
}
