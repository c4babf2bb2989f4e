package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import java.util.List;

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
    long bytes = context.output().bytes();
    return StreamWork.copy(
        context.engine().context(),
        DeviceBuffer.of(inputs.getFirst()).slice(offset, bytes),
        DeviceBuffer.of(outputs.getFirst()));
  }
}
