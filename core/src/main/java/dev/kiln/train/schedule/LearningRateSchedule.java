package dev.kiln.train.schedule;

/** The learning rate as a function of the step. */
@FunctionalInterface
public interface LearningRateSchedule {

  /**
   * Returns the rate of a step.
   *
   * @param step how many updates were made before it, from 0
   */
  double rate(long step);

  /** Returns a schedule that never changes. */
  static LearningRateSchedule constant(double rate) {
    return step -> rate;
  }
}
