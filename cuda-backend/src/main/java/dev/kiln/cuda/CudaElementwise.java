package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import java.util.List;

/**
 * An operation in which element {@code i} of the result depends on element {@code i} of the
 * operands alone: one kernel that takes the number of elements, the inputs, the output and
 * constants.
 *
 * @param context where it is compiled
 * @param function the kernel
 * @param constants what the kernel takes last
 */
record CudaElementwise(OpContext context, CudaFunction function, List<Double> constants)
    implements Op {

  /** Compiles a kernel. */
  static Op of(OpContext context, String file, String kernel, Double... constants) {
    return new CudaElementwise(context, context.function(file, kernel), List.of(constants));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    Launch.Builder launch = context.launch(function).number(count);
    inputs.forEach(launch::buffer);
    launch.buffer(outputs.getFirst());
    constants.forEach(launch::number);
    return launch.over(count);
  }

  @Override
  public String describe() {
    return "kernel " + function.name();
  }
}
