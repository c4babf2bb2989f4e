package dev.kiln.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A device in use: its context and the one stream on which everything runs in order. */
final class CudaContext {

  private final CudaDevice device;
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();

  /**
   * Takes a device into use until a scope is closed.
   *
   * @throws CudaException if it cannot be used, also where others have left no memory for a context
   */
  CudaContext(NativeScope scope, CudaDevice device) {
    this.device = device;
    retain();
    scope.onClose(() ->
        Driver.check(
            "cuDevicePrimaryCtxRelease", JCudaDriver.cuDevicePrimaryCtxRelease(device.handle())));
    enter();
    Driver.check(
        "cuStreamCreate",
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    scope.onClose(() -> Driver.check("cuStreamDestroy", JCudaDriver.cuStreamDestroy(stream)));
  }

  private void retain() {
    int status = JCudaDriver.cuDevicePrimaryCtxRetain(context, device.handle());
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      // How much is free can only be asked once there is a context.
      throw new CudaException(
          "GPU %d, %s, has too little memory left to be opened; nvidia-smi shows which processes hold it"
              .formatted(device.number(), device.description()));
    }
    Driver.check("cuDevicePrimaryCtxRetain", status);
  }

  /** Makes the context that of the calling thread, as every other call expects it. */
  void enter() {
    Driver.check("cuCtxSetCurrent", JCudaDriver.cuCtxSetCurrent(context));
  }

  /** Returns the device. */
  CudaDevice device() {
    return device;
  }

  /** Returns the stream. */
  CUstream stream() {
    return stream;
  }

  /** Returns how many bytes the device has free. */
  long freeBytes() {
    return Driver.freeBytes();
  }

  /** Waits until everything on the stream has finished. */
  void synchronize() {
    Driver.check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
  }
}
