package dev.kiln.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Page-locked host memory: what the GPU copies to and from by itself, while the processor does
 * something else.
 */
final class PinnedMemory implements AutoCloseable {

  private final Pointer pointer = new Pointer();
  private final MemorySegment segment;

  /** Allocates page-locked memory. */
  PinnedMemory(int bytes) {
    Driver.check("cuMemAllocHost", JCudaDriver.cuMemAllocHost(pointer, bytes));
    segment = MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes));
  }

  /** Returns its address for JCuda. */
  Pointer pointer() {
    return pointer;
  }

  /** Returns the memory; it must not be touched any more once this is closed. */
  MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    Driver.check("cuMemFreeHost", JCudaDriver.cuMemFreeHost(pointer));
  }
}
