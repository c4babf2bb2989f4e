package dev.kiln.cuda;

import java.util.HashMap;
import java.util.Map;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;

/** cuDNN 9 on one stream. It owns the library's handle. */
final class Cudnn implements AutoCloseable {

  /** What a call returns when it succeeded. */
  static final int SUCCESS = 0;

  private final cudnnHandle handle = new cudnnHandle();
  private final Map<Object, ConvolutionAlgorithm> algorithms = new HashMap<>();

  /** Starts the library on a context's stream. */
  Cudnn(CudaContext context) {
    check("cudnnCreate", JCudnn.cudnnCreate(handle));
    check("cudnnSetStream", JCudnn.cudnnSetStream(handle, new cudaStream_t(context.stream())));
  }

  /**
   * Checks what a call returned.
   *
   * @param call the function's name
   * @throws CudaException unless the call succeeded
   */
  static void check(String call, int status) {
    if (status != SUCCESS) {
      // cuDNN 9 renumbered its codes: the library knows them, JCudnn's constants do not.
      throw CudaException.of(call, status, JCudnn.cudnnGetErrorString(status));
    }
  }

  /** Returns the handle. */
  cudnnHandle handle() {
    return handle;
  }

  /** Returns the algorithms chosen so far, by what they were chosen for. */
  Map<Object, ConvolutionAlgorithm> algorithms() {
    return algorithms;
  }

  /** Returns the library's version, such as {@code 9.5.1}. */
  static String version() {
    long version = JCudnn.cudnnGetVersion();
    return "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
  }

  @Override
  public void close() {
    check("cudnnDestroy", JCudnn.cudnnDestroy(handle));
  }
}
