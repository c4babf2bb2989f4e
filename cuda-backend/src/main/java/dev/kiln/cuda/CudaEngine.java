package dev.kiln.cuda;

import dev.kiln.backend.AlgorithmChoice;
import dev.kiln.backend.ComputeOptions;

/**
 * What every operation of an opened device shares: context, kernels and the handles of the
 * libraries. It owns them.
 */
final class CudaEngine implements AutoCloseable {

  private final NativeScope owned;
  private final ComputeOptions options;
  private final CudaContext context;
  private final Kernels kernels;
  private final Cublas cublas;
  private final Cudnn cudnn;

  private CudaEngine(NativeScope owned, CudaDevice device, ComputeOptions options) {
    this.owned = owned;
    this.options = options;
    context = new CudaContext(owned, device);
    if (options.algorithms() == AlgorithmChoice.FIXED) {
      CublasWorkspaces.fix();
    }
    kernels =
        new Kernels(owned, new KernelCompiler(CompilerTarget.of(device, Nvrtc.architectures())));
    cublas = new Cublas(owned, context);
    cudnn = new Cudnn(owned, context);
  }

  /** Opens a device. The libraries must be loaded. */
  static CudaEngine open(CudaDevice device, ComputeOptions options) {
    return NativeScope.owned(scope -> new CudaEngine(scope, device, options));
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
