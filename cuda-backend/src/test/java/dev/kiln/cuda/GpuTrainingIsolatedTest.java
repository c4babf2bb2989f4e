package dev.kiln.cuda;

import dev.kiln.backend.BackendProvider;

/** Fifty steps on a GPU; skipped without one, unless {@code -Drequire.cuda=true} asks for it. */
class GpuTrainingIsolatedTest extends CrossBackendContract {

  @Override
  BackendProvider provider() {
    return Gpu.provider();
  }

  @Override
  int steps() {
    return 50;
  }
}
