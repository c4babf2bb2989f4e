package dev.kiln.cpu.reference;

import dev.kiln.backend.BackendProvider;
import dev.kiln.testkit.BackendContract;

/** The reference backend in single precision, against itself in double precision. */
class ReferenceContractTest extends BackendContract {

  @Override
  protected BackendProvider provider() {
    return new ReferenceProvider();
  }

  @Override
  protected BackendProvider reference() {
    return new ReferenceProvider();
  }
}
