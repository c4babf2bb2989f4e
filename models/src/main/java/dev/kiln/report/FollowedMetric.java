package dev.kiln.report;

import dev.kiln.metrics.Direction;
import dev.kiln.metrics.Metric;

/**
 * The metric by which a training chose its best epoch.
 *
 * @param id its name among the metrics of an epoch, such as {@code loss}
 * @param monitor the same as {@code --monitor} names it, which may say of which data it is, such as
 *     {@code training_loss}
 */
public record FollowedMetric(String id, String monitor) {

  private static final String LOSS = "loss";

  /** By how much a share must differ to be told from chance. */
  private static final double LEAST_SHARE = 0.01;

  /** Returns its name within a sentence. */
  String title() {
    return Titles.inSentence(id);
  }

  double training(Epoch epoch) {
    return epoch.training().getOrDefault(id, Double.NaN);
  }

  double validation(Epoch epoch) {
    return epoch.validation().getOrDefault(id, Double.NaN);
  }

  private boolean isHigherBetter() {
    return !id.equals(LOSS) && Metric.named(id).direction() == Direction.HIGHER_IS_BETTER;
  }

  /** Returns how far a value is from the best there can be, which is 1 where higher is better. */
  private double distance(double value) {
    return isHigherBetter() ? 1 - value : value;
  }

  /** Returns whether a value is better than another. */
  boolean isBetter(double value, double other) {
    return distance(value) < distance(other);
  }

  /**
   * Returns whether a value is worse than another by more than a share of the other's distance from
   * the best there can be. Where higher is better, it must also be worse by a hundredth: such
   * metrics change in steps of one sample.
   */
  boolean isWorseBy(double share, double value, double other) {
    return distance(value) > (1 + share) * distance(other) && isTold(value, other);
  }

  /**
   * Returns whether a value is better than another by more than a share of the other's distance.
   */
  boolean isBetterBy(double share, double value, double other) {
    return distance(value) < (1 - share) * distance(other) && isTold(value, other);
  }

  private boolean isTold(double value, double other) {
    return !isHigherBetter() || Math.abs(value - other) >= LEAST_SHARE;
  }

  /** What a value does that becomes better. */
  String improved() {
    return isHigherBetter() ? "rose" : "fell";
  }

  /** What a value does that becomes worse. */
  String worsened() {
    return isHigherBetter() ? "fell" : "rose";
  }

  /** What the best value is among all. */
  String extreme() {
    return isHigherBetter() ? "highest" : "lowest";
  }

  /** What more epochs would do to it. */
  String improve() {
    return isHigherBetter() ? "raise" : "lower";
  }
}
