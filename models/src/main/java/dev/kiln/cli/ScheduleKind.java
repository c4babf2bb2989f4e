package dev.kiln.cli;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.kiln.train.schedule.CosineAnnealing;
import dev.kiln.train.schedule.ExponentialDecay;
import dev.kiln.train.schedule.LearningRateSchedule;
import dev.kiln.train.schedule.LinearRamp;
import dev.kiln.train.schedule.MultiStepDecay;
import dev.kiln.train.schedule.OneCycle;
import dev.kiln.train.schedule.PolynomialDecay;
import dev.kiln.train.schedule.StepDecay;
import dev.kiln.train.schedule.WarmUp;
import java.util.List;

/** The learning-rate schedules by name, each laid over the whole training. */
enum ScheduleKind {
  /** The rate never changes. */
  CONSTANT,
  /** A tenth of it after each third of the training. */
  STEP,
  /** A tenth of it after a half and again after three quarters of the training. */
  MULTI_STEP,
  /** Falls by the same factor at every update, to a hundredth. */
  EXPONENTIAL,
  /** Falls evenly to 0. */
  LINEAR,
  /** Falls along half a cosine to 0. */
  COSINE,
  /** Falls with the square of the updates left to 0. */
  POLYNOMIAL,
  /** Rises to the rate in the first 30 percent and falls far below in the rest. */
  ONE_CYCLE;

  /**
   * Returns the schedule of a training.
   *
   * @param rate the highest rate
   * @param updates all updates of the training
   * @param warmUp over how many of them the rate rises before, 0 for none
   * @throws UsageException if the warm-up is as long as the training
   */
  LearningRateSchedule over(double rate, long updates, int warmUp) {
    if (warmUp >= updates) {
      throw new UsageException(
          "--warm-up %d must be less than the %d updates of the whole training"
              .formatted(warmUp, updates));
    }
    LearningRateSchedule schedule = over(rate, updates - warmUp);
    return warmUp == 0 ? schedule : new WarmUp(warmUp, schedule);
  }

  private LearningRateSchedule over(double rate, long updates) {
    return switch (this) {
      case CONSTANT -> LearningRateSchedule.constant(rate);
      case STEP -> new StepDecay(rate, Math.max(1, (updates + 2) / 3), 0.1);
      case MULTI_STEP -> new MultiStepDecay(rate, List.of(updates / 2, updates * 3 / 4), 0.1);
      case EXPONENTIAL -> new ExponentialDecay(rate, Math.pow(0.01, 1.0 / updates));
      case LINEAR -> new LinearRamp(rate, 1, 0, updates);
      case COSINE -> new CosineAnnealing(rate, updates, 0);
      case POLYNOMIAL -> new PolynomialDecay(rate, updates, 2);
      case ONE_CYCLE -> new OneCycle(rate, updates);
    };
  }

  /** Returns the schedule of a name. */
  @JsonCreator
  static ScheduleKind named(String name) {
    return NamedConstants.find("schedule", values(), name);
  }

  /** Returns the name, such as {@code one-cycle}. */
  @JsonValue
  @Override
  public String toString() {
    return NamedConstants.name(this);
  }
}
