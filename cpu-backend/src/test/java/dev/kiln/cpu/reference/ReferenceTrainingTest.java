package dev.kiln.cpu.reference;

import dev.kiln.backend.BackendProvider;
import dev.kiln.testkit.TrainingContract;

/** Training on the reference backend. */
class ReferenceTrainingTest extends TrainingContract {

  @Override
  protected BackendProvider provider() {
    return new ReferenceProvider();
  }
}
