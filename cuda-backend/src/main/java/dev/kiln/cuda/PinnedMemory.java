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
final class PinnedMemory implements AutoCloseable {

  private final Pointer pointer = new Pointer();
  private final MemorySegment segment;

  /**
   * Allocates page-locked memory.
   *
   * @throws OutOfMemoryException if the host cannot give as much
   */
  PinnedMemory(int bytes) {
    int status = JCudaDriver.cuMemAllocHost(pointer, bytes);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new OutOfMemoryException("page-locked memory of the host", bytes, availableBytes());
    }
    Driver.check("cuMemAllocHost", status);
    segment = MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes));
  }

  /** Returns how many bytes of the host's memory are free. */
  static long availableBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
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
