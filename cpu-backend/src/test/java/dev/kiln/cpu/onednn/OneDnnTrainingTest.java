package dev.kiln.cpu.onednn;

import dev.kiln.backend.BackendProvider;
import dev.kiln.testkit.TrainingContract;

/** Training on the oneDNN backend. */
class OneDnnTrainingTest extends TrainingContract {

  @Override
  protected BackendProvider provider() {
    return new OneDnnProvider();
  }
}
