package dev.kiln.cuda;

import dev.kiln.backend.OutOfMemoryException;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/**
 * cuBLAS on one stream, with scratch memory of its own, so that it never allocates while a graph is
 * captured and always computes the same bits.
 */
final class Cublas {

  /** What NVIDIA recommends for the newest GPUs, and more than enough for older ones. */
  private static final long WORKSPACE_BYTES = 32L << 20;

  private final cublasHandle handle = new cublasHandle();

  /** Starts the library on a context's stream, until a scope is closed. */
  Cublas(NativeScope scope, CudaContext context) {
    DeviceMemory workspace = DeviceMemory.allocate(context, WORKSPACE_BYTES);
    scope.onClose(workspace::close);
    checkCreation(JCublas2.cublasCreate(handle));
    scope.onClose(() -> check("cublasDestroy", JCublas2.cublasDestroy(handle)));
    check("cublasSetStream", JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())));
    // Or the parts of a product of a low type might be added up in that type.
    check(
        "cublasSetMathMode",
        JCublas2.cublasSetMathMode(
            handle, cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION));
    check(
        "cublasSetWorkspace",
        JCublas2.cublasSetWorkspace(handle, workspace.buffer().pointer(), WORKSPACE_BYTES));
  }

  /** With too little memory for its own kernels the library says that it was not initialized. */
  private static void checkCreation(int status) {
    if (status == cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED) {
      throw CudaException.of(
          "cublasCreate with %,d bytes of the GPU's memory free".formatted(Driver.freeBytes()),
          status,
          JCublas2.cublasGetStatusString(status));
    }
    check("cublasCreate", status);
  }

  /**
   * Checks what a call returned.
   *
   * @param call the function's name
   * @throws OutOfMemoryException if the GPU had too little memory for it
   * @throws CudaException if it failed otherwise
   */
  static void check(String call, int status) {
    if (status == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED) {
      throw OutOfMemoryException.untold(call, Driver.freeBytes());
    }
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw CudaException.of(call, status, JCublas2.cublasGetStatusString(status));
    }
  }

  /** Returns the handle. */
  cublasHandle handle() {
    return handle;
  }

  /** Returns the library's version, such as {@code 12.6.4}. */
  String version() {
    int[] version = new int[1];
    check("cublasGetVersion", JCublas2.cublasGetVersion(handle, version));
    return "%d.%d.%d".formatted(version[0] / 10_000, version[0] / 100 % 100, version[0] % 100);
  }
}
