package dev.kiln.cuda;

import dev.kiln.backend.AlgorithmChoice;
import dev.kiln.backend.ComputeOptions;

/**
 * What every operation of an opened device shares: context, kernels and the handles of the
 * libraries.
 */
final class CudaEngine implements AutoCloseable {

  private final ComputeOptions options;
  private final NativeScope owned = new NativeScope();
  private final CudaContext context;
  private final Kernels kernels;
  private final Cublas cublas;
  private final Cudnn cudnn;

  /** Opens a device. The libraries must be loaded. */
  CudaEngine(CudaDevice device, ComputeOptions options) {
    this.options = options;
    if (options.algorithms() == AlgorithmChoice.FIXED) {
      CublasWorkspaces.fix();
    }
    boolean complete = false;
    try {
      context = new CudaContext(device);
      owned.onClose(context::close);
      kernels = new Kernels(new KernelCompiler(CompilerTarget.of(device, Nvrtc.architectures())));
      owned.onClose(kernels::close);
      cublas = new Cublas(context);
      owned.onClose(cublas::close);
      cudnn = new Cudnn(context);
      owned.onClose(cudnn::close);
      complete = true;
    } finally {
      if (!complete) {
        owned.close();
      }
    }
  }

  /** Returns how operations are to be computed. */
  ComputeOptions options() {
    return options;
  }

  /** Returns the device in use and its stream. */
  CudaContext context() {
    return context;
  }

  /** Returns Kiln's own kernels. */
  Kernels kernels() {
    return kernels;
  }

  /** Returns the library of matrix products. */
  Cublas cublas() {
    return cublas;
  }

  /** Returns the library of layers. */
  Cudnn cudnn() {
    return cudnn;
  }

  @Override
  public void close() {
    context.enter();
    context.synchronize();
    owned.close();
  }
}
