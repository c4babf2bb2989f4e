package dev.kiln.train;

import dev.kiln.data.Batch;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a training, one ahead of what is known: a step is started before the loss of the one
 * before it is asked for. What listeners are to be told of waits here until they are.
 */
final class StepPipeline {

  private final Learner learner;
  private final Measures measures;
  private final int batchesPerEpoch;

  /** The batches that listeners are still to be told of. */
  private final Deque<Trained> untold = new ArrayDeque<>();

  /** Where the training stands, whether or not the listeners know. */
  private TrainingState reached;

  /** Judges the epoch's predictions from its first batch on; null in one that is resumed. */
  private @Nullable Scorer scorer;

  /** The step whose loss nobody has asked for yet. */
  private @Nullable Started underWay;

  private record Started(Batch batch, Submission step) {}

  /**
   * A batch whose loss is known.
   *
   * @param state where the training stands after it
   * @param report what listeners are told
   */
  record Trained(TrainingState state, BatchReport report) {}

  /**
   * Prepares to run steps.
   *
   * @param learner what is trained
   * @param measures what is measured of every batch
   */
  StepPipeline(Learner learner, Measures measures, int batchesPerEpoch, TrainingState start) {
    this.learner = learner;
    this.measures = measures;
    this.batchesPerEpoch = batchesPerEpoch;
    this.reached = start;
    this.scorer = measures.scorer();
  }

  /**
   * Goes on from a state, and judges predictions afresh if an epoch begins there; in the midst of
   * one, what was judged before is not known.
   */
  void moveTo(TrainingState state) {
    untold.clear();
    reached = state;
    scorer = state.batch() == 0 ? measures.scorer() : null;
  }

  /** Starts a step before the loss of the one before it is asked for. */
  void start(Batch batch) {
    Started before = underWay;
    underWay = null;
    Submission step = learner.submit(batch.fields());
    if (before != null) {
      finish(before);
    }
    underWay = new Started(batch, step);
    // Predictions last until the next step is started.
    if (measures.needPredictions() || step.isDone()) {
      settle();
    }
  }

  /** Waits for the step that is under way. */
  void settle() {
    Started started = underWay;
    if (started != null) {
      underWay = null;
      finish(started);
    }
  }

  private void finish(Started started) {
    Submission step = started.step;
    Batch batch = started.batch;
    double loss = step.loss();
    Scorer judge = scorer;
    if (judge != null && measures.needPredictions()) {
      judge.add(batch.fields(), learner.trainingPredictions());
    }
    TrainingState before = reached;
    reached =
        new TrainingState(
            before.seed(),
            before.epoch(),
            before.batch() + 1,
            step.progress().updates(),
            step.progress().batches(),
            step.progress().accumulated(),
            before.epochTotals().plus(loss, batch.targets(), step.counts()),
            before.best(),
            before.bestEpoch());
    BatchReport report =
        new BatchReport(
            before.epoch(),
            before.batch(),
            batchesPerEpoch,
            batch.size(),
            loss,
            measures.running(reached.epochTotals()),
            step.rate());
    untold.addLast(new Trained(reached, report));
  }

  /** Returns where the training stands, whether or not the listeners know. */
  TrainingState reached() {
    return reached;
  }

  /** Takes the next batch that listeners are to be told of; null if they know all. */
  @Nullable Trained next() {
    return untold.pollFirst();
  }

  /** Returns the mean loss and the metrics of the epoch so far. */
  Map<String, Double> values() {
    return measures.values(reached.epochTotals(), scorer);
  }
}
