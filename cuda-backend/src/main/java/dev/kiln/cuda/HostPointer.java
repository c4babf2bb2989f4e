package dev.kiln.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/**
 * The address of host memory outside the Java heap, as JCuda takes it. Unlike a pointer to a Java
 * array it costs nothing per call, and is a true address also where JCuda passes it on unseen.
 */
final class HostPointer extends Pointer {

  private HostPointer(long address) {
    super(address);
  }

  /** Returns the address of a native segment, which must outlive the pointer. */
  static HostPointer to(MemorySegment segment) {
    return new HostPointer(segment.address());
  }
}
