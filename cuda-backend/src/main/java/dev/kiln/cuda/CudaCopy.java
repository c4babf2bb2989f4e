package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import java.util.List;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * A copy of consecutive elements: identity, reshape and view, where the planner could not do
 * without.
 *
 * @param context where it is compiled
 * @param offset the first byte copied
 */
record CudaCopy(OpContext context, long offset) implements Op {

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    DevicePointer from = new DevicePointer(DeviceBuffer.of(inputs.getFirst()).pointer(), offset);
    DevicePointer to = DeviceBuffer.of(outputs.getFirst()).pointer();
    long bytes = context.output().bytes();
    CUstream stream = context.engine().context().stream();
    if (from.address() == to.address()) {
      return () -> {};
    }
    return () ->
        Driver.check("cuMemcpyDtoDAsync", JCudaDriver.cuMemcpyDtoDAsync(to, from, bytes, stream));
  }
}
