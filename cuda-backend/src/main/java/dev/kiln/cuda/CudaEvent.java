package dev.kiln.cuda;

import java.util.concurrent.locks.LockSupport;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A moment on a stream that the host or another stream can wait for. Before it is recorded it has
 * passed.
 */
final class CudaEvent {

  private static final int NO_FLAGS = 0;
  private static final int ATTENTIVE_LOOKS = 100;
  private static final long PAUSE_NANOS = 20_000;

  private final CUevent event = new CUevent();

  private CudaEvent() {
    Driver.check(
        "cuEventCreate", JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING));
  }

  /** Creates an event that is destroyed when a scope is closed. */
  static CudaEvent in(NativeScope scope) {
    CudaEvent created = new CudaEvent();
    scope.onClose(() -> Driver.check("cuEventDestroy", JCudaDriver.cuEventDestroy(created.event)));
    return created;
  }

  /** Makes this the moment when everything on a stream so far has finished. */
  void record(CUstream stream) {
    Driver.check("cuEventRecord", JCudaDriver.cuEventRecord(event, stream));
  }

  /** Returns whether the moment has passed. */
  boolean hasPassed() {
    int status = JCudaDriver.cuEventQuery(event);
    if (status == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    Driver.check("cuEventQuery", status);
    return true;
  }

  /**
   * Lets the host wait: for a moment attentively, then looking again from time to time, so that the
   * processor is free to prepare the next batch.
   */
  void await() {
    for (int looks = 0; !hasPassed(); looks++) {
      if (looks < ATTENTIVE_LOOKS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Lets what is put on a stream from now on wait. */
  void holdBack(CUstream stream) {
    Driver.check("cuStreamWaitEvent", JCudaDriver.cuStreamWaitEvent(stream, event, NO_FLAGS));
  }
}
