package dev.kiln.train.schedule;

import java.util.List;

/**
 * Multiplies the rate by {@code gamma} at each milestone.
 *
 * @param base the first rate
 * @param milestones the steps from which the next rate holds
 * @param gamma the factor
 */
public record MultiStepDecay(double base, List<Long> milestones, double gamma)
    implements LearningRateSchedule {

  /** Copies the milestones. */
  public MultiStepDecay {
    milestones = List.copyOf(milestones);
  }

  @Override
  public double rate(long step) {
    long passed = milestones.stream().filter(milestone -> milestone <= step).count();
    return base * Math.pow(gamma, passed);
  }
}
