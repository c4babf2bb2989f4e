package dev.kiln.cpu.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Loops over numbers of single precision in memory. */
final class FloatMemory {

  private FloatMemory() {}

  /**
   * Sets elements to one value.
   *
   * @param first the first of them, counted in elements
   */
  static void fill(MemorySegment memory, long first, int count, float value) {
    for (int i = 0; i < count; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, first + i, value);
    }
  }
}
