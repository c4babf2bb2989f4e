package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import java.util.List;

/**
 * An operation that takes every element of its result from a place of its input.
 *
 * @param context where it is compiled
 * @param movement where the elements lie in the input
 */
record CudaGather(OpContext context, Movement movement) implements Op {

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    return movement.gather(context, inputs.getFirst(), outputs.getFirst());
  }

  @Override
  public String describe() {
    return "kernel gather";
  }
}
