package dev.kiln.cuda;

import dev.kiln.backend.OutOfMemoryException;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** CUDA's driver interface: its start, its devices and its errors. */
final class Driver {

  private Driver() {}

  /**
   * Checks what a call returned.
   *
   * @param call the function's name
   * @throws OutOfMemoryException if the GPU had too little memory for it
   * @throws CudaException if it failed otherwise
   */
  static void check(String call, int status) {
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      throw OutOfMemoryException.untold(call, freeBytes());
    }
    if (status != CUresult.CUDA_SUCCESS) {
      throw CudaException.of(call, status, explain(status));
    }
  }

  /** Returns the driver's own name and explanation of a status. */
  static String explain(int status) {
    String[] name = new String[1];
    String[] text = new String[1];
    JCudaDriver.cuGetErrorName(status, name);
    JCudaDriver.cuGetErrorString(status, text);
    return "%s, %s".formatted(name[0], text[0]);
  }

  /** Returns how many bytes the GPU of the calling thread's context has free. */
  static long freeBytes() {
    long[] free = new long[1];
    check("cuMemGetInfo", JCudaDriver.cuMemGetInfo(free, new long[1]));
    return free[0];
  }

  /** Starts the driver, which may be done more than once, and returns its devices. */
  static List<CudaDevice> devices() {
    check("cuInit", JCudaDriver.cuInit(0));
    int[] count = new int[1];
    check("cuDeviceGetCount", JCudaDriver.cuDeviceGetCount(count));
    List<CudaDevice> devices = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      devices.add(CudaDevice.of(i));
    }
    return devices;
  }

  /** Returns the newest CUDA version the driver knows, such as {@code 12060} for 12.6. */
  static int versionNumber() {
    int[] version = new int[1];
    check("cuDriverGetVersion", JCudaDriver.cuDriverGetVersion(version));
    return version[0];
  }

  /** Returns the newest CUDA version the driver knows, such as {@code 12.6}. */
  static String version() {
    int version = versionNumber();
    return "%d.%d".formatted(version / 1000, version % 1000 / 10);
  }
}
