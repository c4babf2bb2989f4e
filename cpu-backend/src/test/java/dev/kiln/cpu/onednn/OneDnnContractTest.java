package dev.kiln.cpu.onednn;

import dev.kiln.backend.BackendProvider;
import dev.kiln.cpu.reference.ReferenceProvider;
import dev.kiln.testkit.BackendContract;

/** The oneDNN backend against the reference backend. */
class OneDnnContractTest extends BackendContract {

  @Override
  protected BackendProvider provider() {
    return new OneDnnProvider();
  }

  @Override
  protected BackendProvider reference() {
    return new ReferenceProvider();
  }
}
