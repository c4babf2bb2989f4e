package dev.kiln.cuda;

import dev.kiln.backend.BackendProvider;
import dev.kiln.cpu.reference.ReferenceProvider;
import dev.kiln.testkit.BackendContract;

/**
 * The CUDA backend on a GPU against the reference backend; skipped without one, unless required.
 */
class GpuContractIsolatedTest extends BackendContract {

  @Override
  protected BackendProvider provider() {
    return Gpu.provider();
  }

  @Override
  protected BackendProvider reference() {
    return new ReferenceProvider();
  }
}
