package dev.kiln.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.driver.JCudaDriver;

/** Copies from the GPU to ordinary host memory, through page-locked memory. */
final class Downloads {

  private static final int BYTES = 4 << 20;

  private final CudaContext context;
  private final PinnedMemory memory;
  private final CudaEvent copied;

  /** Prepares for copies until a scope is closed. */
  Downloads(NativeScope scope, CudaContext context) {
    this.context = context;
    memory = PinnedMemory.in(scope, BYTES);
    copied = CudaEvent.in(scope);
  }

  /** Copies from the GPU after everything started before, and waits for it. */
  void read(DeviceBuffer source, MemorySegment destination) {
    source.checkLength(destination.byteSize());
    for (long offset = 0; offset < destination.byteSize(); offset += BYTES) {
      long bytes = Math.min(BYTES, destination.byteSize() - offset);
      Driver.check(
          "cuMemcpyDtoHAsync",
          JCudaDriver.cuMemcpyDtoHAsync(
              memory.pointer(), source.pointerTo(offset), bytes, context.stream()));
      copied.record(context.stream());
      copied.await();
      MemorySegment.copy(memory.segment(), 0, destination, offset, bytes);
    }
  }
}
