package dev.kiln.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * A device in use: its context and the one stream on which everything runs in order. It owns both.
 */
final class CudaContext implements AutoCloseable {

  private final CudaDevice device;
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();

  /** Takes a device into use. */
  CudaContext(CudaDevice device) {
    this.device = device;
    Driver.check(
        "cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, device.handle()));
    enter();
    Driver.check(
        "cuStreamCreate",
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
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
    long[] free = new long[1];
    long[] total = new long[1];
    Driver.check("cuMemGetInfo", JCudaDriver.cuMemGetInfo(free, total));
    return free[0];
  }

  /** Waits until everything on the stream has finished. */
  void synchronize() {
    Driver.check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
  }

  @Override
  public void close() {
    enter();
    synchronize();
    Driver.check("cuStreamDestroy", JCudaDriver.cuStreamDestroy(stream));
    Driver.check(
        "cuDevicePrimaryCtxRelease", JCudaDriver.cuDevicePrimaryCtxRelease(device.handle()));
  }
}
