package dev.kiln.cuda;

import dev.kiln.backend.BackendProvider;
import dev.kiln.testkit.TrainingContract;

/** Training on a GPU; skipped without one, unless required. */
class GpuSubmissionIsolatedTest extends TrainingContract {

  @Override
  protected BackendProvider provider() {
    return Gpu.provider();
  }
}
