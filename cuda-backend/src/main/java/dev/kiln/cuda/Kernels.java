package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** Kiln's own kernels on one device, compiled and loaded when first asked for. */
final class Kernels {

  private record Source(String file, DType real) {}

  private final NativeScope scope;
  private final KernelCompiler compiler;
  private final Map<Source, CUmodule> modules = new HashMap<>();

  /**
   * Creates the kernels of a device.
   *
   * @param scope the owner of what is loaded
   */
  Kernels(NativeScope scope, KernelCompiler compiler) {
    this.scope = scope;
    this.compiler = compiler;
  }

  /**
   * Returns a kernel.
   *
   * @param file the file it stands in, without its ending
   * @param name its name there
   * @param real the type of its elements
   */
  CudaFunction function(String file, String name, DType real) {
    CUmodule module = modules.computeIfAbsent(new Source(file, real), this::load);
    CUfunction function = new CUfunction();
    Driver.check(
        "cuModuleGetFunction %s".formatted(name),
        JCudaDriver.cuModuleGetFunction(function, module, name));
    return new CudaFunction(name, function);
  }

  private CUmodule load(Source source) {
    byte[] image = compiler.compile(source.file, source.real);
    CUmodule module = new CUmodule();
    Driver.check(
        "cuModuleLoadData of %s.cu for %s".formatted(source.file, source.real),
        JCudaDriver.cuModuleLoadData(module, image));
    scope.onClose(() -> Driver.check("cuModuleUnload", JCudaDriver.cuModuleUnload(module)));
    return module;
  }
}
