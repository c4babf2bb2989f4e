package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;

/**
 * Where an operation is compiled.
 *
 * @param engine what its primitives run on
 * @param team what its loops run on
 * @param scope what owns its native objects; the operation closes it
 */
record OpContext(OneDnnEngine engine, OpenMpTeam team, NativeScope scope) {

  /** Returns the handle that descriptors and memories are created with. */
  MemorySegment engineHandle() {
    return engine.engine();
  }

  /** Returns the attributes of a primitive that does nothing more than its operation. */
  MemorySegment plainAttributes() {
    return Attributes.plain(scope);
  }
}
