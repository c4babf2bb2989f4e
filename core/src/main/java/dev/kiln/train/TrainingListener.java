package dev.kiln.train;

import java.io.IOException;

/** Is told what happens during training, on the training thread, between the steps. */
public interface TrainingListener {

  /**
   * A batch was trained on. {@link Trainer#state} is that after it; the parameters may be those
   * after the next, which may be under way already.
   */
  default void onBatch(Trainer trainer, BatchReport report) throws IOException {}

  /** An epoch, its validation included, has ended. */
  default void onEpoch(Trainer trainer, EpochReport report) throws IOException {}

  /** Training was stopped between two batches on request. */
  default void onStopped(Trainer trainer) throws IOException {}
}
