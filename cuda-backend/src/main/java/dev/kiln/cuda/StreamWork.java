package dev.kiln.cuda;

import dev.kiln.backend.Kernel;
import java.util.List;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** What operations put on the stream beside kernels and calls of libraries. */
final class StreamWork {

  private StreamWork() {}

  /** Returns what sets a buffer to zero. */
  static Kernel zero(CudaContext context, DeviceBuffer buffer) {
    CUstream stream = context.stream();
    return () ->
        Driver.check(
            "cuMemsetD8Async",
            JCudaDriver.cuMemsetD8Async(buffer.pointer(), (byte) 0, buffer.bytes(), stream));
  }

  /** Returns what copies a buffer into another; nothing if they are the same memory. */
  static Kernel copy(CudaContext context, DeviceBuffer from, DeviceBuffer to) {
    if (from.pointer().address() == to.pointer().address()) {
      return () -> {};
    }
    CUstream stream = context.stream();
    return () ->
        Driver.check(
            "cuMemcpyDtoDAsync",
            JCudaDriver.cuMemcpyDtoDAsync(to.pointer(), from.pointer(), to.bytes(), stream));
  }

  /** Returns what runs several kernels one after the other. */
  static Kernel inOrder(List<? extends Kernel> kernels) {
    Kernel[] sequence = kernels.toArray(Kernel[]::new);
    return () -> {
      for (Kernel kernel : sequence) {
        kernel.run();
      }
    };
  }
}
