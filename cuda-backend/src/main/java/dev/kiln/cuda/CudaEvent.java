package dev.kiln.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A moment on a stream that the host or another stream can wait for. Before it is recorded it has
 * passed.
 */
final class CudaEvent implements AutoCloseable {

  private static final int NO_FLAGS = 0;

  private final CUevent event = new CUevent();

  CudaEvent() {
    Driver.check(
        "cuEventCreate", JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING));
  }

  /** Makes this the moment when everything on a stream so far has finished. */
  void record(CUstream stream) {
    Driver.check("cuEventRecord", JCudaDriver.cuEventRecord(event, stream));
  }

  /** Lets the host wait. */
  void await() {
    Driver.check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(event));
  }

  /** Lets what is put on a stream from now on wait. */
  void holdBack(CUstream stream) {
    Driver.check("cuStreamWaitEvent", JCudaDriver.cuStreamWaitEvent(stream, event, NO_FLAGS));
  }

  @Override
  public void close() {
    Driver.check("cuEventDestroy", JCudaDriver.cuEventDestroy(event));
  }
}
