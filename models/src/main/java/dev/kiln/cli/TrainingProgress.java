package dev.kiln.cli;

import dev.kiln.train.TrainingListener;

/** Shows how a training goes on. */
sealed interface TrainingProgress extends TrainingListener, AutoCloseable
    permits ProgressBarDisplay, ProgressLines {

  /** Clears what is shown only for the moment. */
  @Override
  void close();
}
