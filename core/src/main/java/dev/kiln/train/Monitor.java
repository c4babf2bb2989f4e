package dev.kiln.train;

import dev.kiln.metrics.Direction;
import dev.kiln.metrics.Metric;
import java.util.Map;

/**
 * The metric that decides which epoch was best, and when to stop.
 *
 * @param metric {@code loss}, or the name of a metric of the reports such as {@code accuracy}: of
 *     the validation data where there are any; {@code training_loss} and {@code validation_loss}
 *     say which data are meant
 * @param patience how many epochs without a new best are waited before training stops; 0 never
 *     stops
 * @param leastChange by how much a value must beat the best so far to count as better
 */
public record Monitor(String metric, int patience, double leastChange) {

  /** The name of the loss in reports. */
  public static final String LOSS = "loss";

  private static final String TRAINING = "training_";
  private static final String VALIDATION = "validation_";

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if patience or least change is negative, there is no such
   *     metric, or neither direction of it is better
   */
  public Monitor {
    if (patience < 0 || !(leastChange >= 0)) {
      throw new IllegalArgumentException(
          "patience and least change must not be negative, but are %d and %s"
              .formatted(patience, leastChange));
    }
    if (!measured(metric).equals(LOSS)) {
      Metric named = Metric.named(measured(metric));
      if (named.direction() == Direction.DESCRIPTIVE) {
        throw new IllegalArgumentException(
            "the metric '%s' has no better direction; follow another one".formatted(named));
      }
      metric = part(metric) + named.id();
    }
  }

  /**
   * Returns the part of the data that a followed metric's name begins with, {@code training_} or
   * {@code validation_}; empty where it names none.
   */
  public static String part(String metric) {
    return metric.startsWith(TRAINING) ? TRAINING : metric.startsWith(VALIDATION) ? VALIDATION : "";
  }

  /** Returns what has to be measured for a followed metric: its name without the part. */
  public static String measured(String metric) {
    return metric.substring(part(metric).length());
  }

  /** Follows the loss and never stops early. */
  public static Monitor loss() {
    return new Monitor(LOSS, 0, 0);
  }

  /** Returns this monitor, stopping after so many epochs without a new best. */
  public Monitor withPatience(int epochs) {
    return new Monitor(metric, epochs, leastChange);
  }

  /**
   * Returns the followed value of an epoch: of the data named, else of the validation set where
   * there is one.
   *
   * @throws IllegalArgumentException if it was not measured
   */
  double value(Map<String, Double> training, Map<String, Double> validation) {
    boolean ofTraining =
        part(metric).isEmpty() ? validation.isEmpty() : part(metric).equals(TRAINING);
    Map<String, Double> values = ofTraining ? training : validation;
    Double value = values.get(measured(metric));
    if (value == null) {
      throw new IllegalArgumentException(
          "the metric '%s' is followed but not measured; measured are %s"
              .formatted(metric, values.keySet()));
    }
    return value;
  }

  /** Returns whether a value beats the best so far; any value beats not-a-number. */
  boolean isBetter(double value, double best) {
    if (Double.isNaN(best)) {
      return !Double.isNaN(value);
    }
    String own = measured(metric);
    boolean lower = own.equals(LOSS) || Metric.named(own).direction() == Direction.LOWER_IS_BETTER;
    return lower ? value < best - leastChange : value > best + leastChange;
  }
}
