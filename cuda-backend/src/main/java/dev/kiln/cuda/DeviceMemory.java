package dev.kiln.cuda;

import dev.kiln.backend.Memory;
import dev.kiln.backend.OutOfMemoryException;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** One allocation on the GPU, zeroed, aligned to 256 bytes. */
final class DeviceMemory implements Memory {

  private final CudaContext context;
  private final DevicePointer pointer;
  private final DeviceBuffer buffer;
  private boolean open = true;

  private DeviceMemory(CudaContext context, DevicePointer pointer, long bytes) {
    this.context = context;
    this.pointer = pointer;
    this.buffer = new DeviceBuffer(pointer, bytes);
  }

  /**
   * Allocates memory.
   *
   * @param bytes its length, possibly 0
   * @throws OutOfMemoryException if the GPU has not as much free
   */
  static DeviceMemory allocate(CudaContext context, long bytes) {
    DevicePointer pointer = new DevicePointer();
    int status = JCudaDriver.cuMemAlloc(pointer, Math.max(1, bytes));
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw new OutOfMemoryException(
          "memory on %s".formatted(context.device().name()), bytes, context.freeBytes());
    }
    Driver.check("cuMemAlloc", status);
    DeviceMemory memory = new DeviceMemory(context, pointer, bytes);
    Driver.check(
        "cuMemsetD8Async",
        JCudaDriver.cuMemsetD8Async(pointer, (byte) 0, Math.max(1, bytes), context.stream()));
    return memory;
  }

  @Override
  public DeviceBuffer buffer() {
    return buffer;
  }

  /** Frees the memory, after everything before it has finished; a second call does nothing. */
  @Override
  public void close() {
    if (open) {
      open = false;
      context.enter();
      context.synchronize();
      Driver.check("cuMemFree", JCudaDriver.cuMemFree(pointer));
    }
  }
}
