package dev.kiln.cuda;

import dev.kiln.backend.OutOfMemoryException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;

/** cuDNN 9 on one stream. */
final class Cudnn {

  /** What a call returns when it succeeded. */
  static final int SUCCESS = 0;

  // cuDNN 9 renumbered its codes, so that JCudnn's constants are others.
  private static final int NOT_INITIALIZED = 1001;
  private static final int HOST_ALLOCATION_FAILED = 4003;
  private static final int DEVICE_ALLOCATION_FAILED = 4004;

  private final cudnnHandle handle = new cudnnHandle();
  private final Map<Object, ConvolutionAlgorithm> algorithms = new HashMap<>();

  /** Starts the library on a context's stream, until a scope is closed. */
  Cudnn(NativeScope scope, CudaContext context) {
    checkCreation(JCudnn.cudnnCreate(handle));
    scope.onClose(() -> check("cudnnDestroy", JCudnn.cudnnDestroy(handle)));
    check("cudnnSetStream", JCudnn.cudnnSetStream(handle, new cudaStream_t(context.stream())));
  }

  /** With too little memory for its own kernels the library says that it was not initialized. */
  private static void checkCreation(int status) {
    if (status == NOT_INITIALIZED) {
      throw CudaException.of(
          "cudnnCreate with %,d bytes of the GPU's memory free".formatted(Driver.freeBytes()),
          status,
          JCudnn.cudnnGetErrorString(status));
    }
    check("cudnnCreate", status);
  }

  /**
   * Checks what a call returned.
   *
   * @param call the function's name
   * @throws OutOfMemoryException if the GPU, or the host, had too little memory for it
   * @throws CudaException if it failed otherwise
   */
  static void check(String call, int status) {
    if (status == DEVICE_ALLOCATION_FAILED) {
      throw OutOfMemoryException.untold(call, Driver.freeBytes());
    }
    if (status == HOST_ALLOCATION_FAILED) {
      throw OutOfMemoryException.untold(call + " on the host", PinnedMemory.availableBytes());
    }
    if (status != SUCCESS) {
      throw CudaException.of(call, status, JCudnn.cudnnGetErrorString(status));
    }
  }

  /** Returns the handle. */
  cudnnHandle handle() {
    return handle;
  }

  /**
   * Returns the algorithm of a convolution; all that are equal have the one chosen for the first.
   *
   * @param convolution an operation and its types
   * @param choice chooses one
   */
  ConvolutionAlgorithm algorithm(Object convolution, Supplier<ConvolutionAlgorithm> choice) {
    return algorithms.computeIfAbsent(convolution, _ -> choice.get());
  }

  /** Returns the library's version, such as {@code 9.5.1}. */
  static String version() {
    long version = JCudnn.cudnnGetVersion();
    return "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
  }
}
