package dev.kiln.train.schedule;

/**
 * Raises the rate evenly from 0 during the first steps of another schedule.
 *
 * @param steps how many steps the rise takes, at least 1
 * @param then the schedule, whose first step is the first after the rise
 */
public record WarmUp(long steps, LearningRateSchedule then) implements LearningRateSchedule {

  @Override
  public double rate(long step) {
    return step < steps ? then.rate(0) * (step + 1) / (steps + 1) : then.rate(step - steps);
  }
}
