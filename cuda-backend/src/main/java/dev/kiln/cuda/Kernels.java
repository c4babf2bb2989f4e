package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/**
 * Kiln's own kernels on one device, compiled and loaded when first asked for. It owns the modules.
 */
final class Kernels implements AutoCloseable {

  private record Source(String file, DType real) {}

  private final KernelCompiler compiler;
  private final Map<Source, CUmodule> modules = new HashMap<>();

  Kernels(KernelCompiler compiler) {
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
    return module;
  }

  @Override
  public void close() {
    modules
        .values()
        .forEach(module -> Driver.check("cuModuleUnload", JCudaDriver.cuModuleUnload(module)));
    modules.clear();
  }
}
