package dev.kiln.cuda;

import com.sun.management.OperatingSystemMXBean;
import dev.kiln.backend.OutOfMemoryException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import jcuda.Pointer;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * Page-locked host memory: what the GPU copies to and from by itself, while the processor does
 * something else.
 */
final class PinnedMemory {

  private final Pointer pointer = new Pointer();
  private final MemorySegment segment;

  private PinnedMemory(int bytes) {
    int status = JCudaDriver.cuMemAllocHost(pointer, bytes);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new OutOfMemoryException("page-locked memory of the host", bytes, availableBytes());
    }
    Driver.check("cuMemAllocHost", status);
    segment = MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes));
  }

  /**
   * Allocates page-locked memory that is freed when a scope is closed.
   *
   * @throws OutOfMemoryException if the host cannot give as much
   */
  static PinnedMemory in(NativeScope scope, int bytes) {
    PinnedMemory memory = new PinnedMemory(bytes);
    scope.onClose(() -> Driver.check("cuMemFreeHost", JCudaDriver.cuMemFreeHost(memory.pointer)));
    return memory;
  }

  /** Returns how many bytes of the host's memory are free. */
  static long availableBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
  }

  /** Returns its address for JCuda. */
  Pointer pointer() {
    return pointer;
  }

  /** Returns the memory; it must not be touched any more once the scope is closed. */
  MemorySegment segment() {
    return segment;
  }
}
