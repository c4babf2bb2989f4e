package dev.kiln.train;

import dev.kiln.exec.NonFinite;
import dev.kiln.profile.StepEvent;
import java.util.Optional;

/**
 * A training step that {@link Learner#submit} has started and that may still run. Its loss becomes
 * known later; meanwhile the next step may be started. If the loss turns out not to be finite,
 * neither this step nor any that was started after it has changed anything.
 */
public final class Submission {

  private enum State {
    RUNNING,
    MADE,
    UNMADE
  }

  private final Learner learner;
  private final Program program;
  private final StepInputs inputs;
  private final Progress before;
  private final long begin = System.nanoTime();
  private final StepEvent event = new StepEvent();
  private final Program.Reading reading;
  private State state = State.RUNNING;
  private double loss;
  private long[] counts = {};

  /** Starts a step. */
  Submission(Learner learner, Program program, StepInputs inputs, Progress before) {
    this.learner = learner;
    this.program = program;
    this.inputs = inputs;
    this.before = before;
    event.begin();
    program.feed(inputs);
    program.run();
    reading = program.startReading();
  }

  /** Returns whether the loss can be had without waiting. */
  public boolean isDone() {
    return !isRunning() || reading.isDone();
  }

  /**
   * Waits until the loss is known and returns it.
   *
   * @throws NonFiniteLossException if it is not finite, or that of an earlier step is not; nothing
   *     was updated by that step, this one, or any started since
   * @throws IllegalStateException if that has been said before
   */
  public double loss() {
    learner.settle(this);
    if (state == State.UNMADE) {
      throw new IllegalStateException(
          "the step was not made: its loss, or that of a step before it, was not finite");
    }
    return loss;
  }

  /**
   * Waits until the loss is known and returns what was counted of the batch, in the order asked
   * for.
   *
   * @throws NonFiniteLossException as {@link #loss}
   * @throws IllegalStateException as {@link #loss}
   */
  public long[] counts() {
    loss();
    return counts.clone();
  }

  /** Returns how far the learner has come with this step. */
  public Progress progress() {
    return before.afterBatch(learner.settings().accumulate());
  }

  /** Returns the learning rate. */
  public double rate() {
    return inputs.rate();
  }

  /** Returns how far the learner had come before. */
  Progress before() {
    return before;
  }

  /** Whether nobody has asked for the loss yet. */
  boolean isRunning() {
    return state == State.RUNNING;
  }

  /** Returns when it was started, by {@link System#nanoTime}. */
  long begin() {
    return begin;
  }

  /** Waits for the loss. */
  double await() {
    reading.await();
    loss = reading.loss();
    counts = reading.counts();
    return loss;
  }

  /** Says that the step counts. */
  void make() {
    state = State.MADE;
    event.commit(before.batches(), inputs.samples(), loss);
  }

  /** Says that the step does not count, since it, or one before it, has changed nothing. */
  void unmake() {
    state = State.UNMADE;
  }

  /** Runs the step again to find the first node whose result is not finite. */
  NonFinite firstNonFinite() {
    program.feed(inputs);
    return program
        .session()
        .firstNonFinite()
        .orElseGet(() -> new NonFinite("the loss itself", Optional.empty()));
  }
}
