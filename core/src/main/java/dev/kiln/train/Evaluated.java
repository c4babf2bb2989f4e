package dev.kiln.train;

import dev.kiln.tensor.Tensor;

/** What {@link Learner#evaluate} has computed of a batch; valid until the next batch. */
public final class Evaluated {

  private final Program program;
  private final double loss;

  /** Reads the loss of a program's last run. */
  Evaluated(Program program) {
    this.program = program;
    this.loss = program.readLoss();
  }

  /** Returns the mean loss over the batch. */
  public double loss() {
    return loss;
  }

  /** Returns what was counted, in the order asked for. */
  public long[] counts() {
    return program.readCounts();
  }

  /** Copies the predictions from the device. */
  public Tensor predictions() {
    return program.readPredictions();
  }
}
