package dev.kiln.cpu.reference;

import dev.kiln.backend.BackendProvider;
import dev.kiln.testkit.DirectionCheck;

/** Every gradient rule, confirmed by differences in the reference backend. */
class DirectionCheckTest extends DirectionCheck {

  @Override
  protected BackendProvider provider() {
    return new ReferenceProvider();
  }
}
