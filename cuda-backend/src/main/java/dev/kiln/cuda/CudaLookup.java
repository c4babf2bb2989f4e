package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Embedding;
import dev.kiln.op.OneHot;
import java.util.List;

/**
 * {@link Embedding} and {@link OneHot}: a kernel that takes the number of elements, the inputs, the
 * output and sizes.
 *
 * @param context where it is compiled
 * @param kernel the kernel's name, to which the type of the indices is added
 * @param sizes what the kernel takes last
 */
record CudaLookup(OpContext context, String kernel, List<Long> sizes) implements Op {

  /** Compiles the look-up of rows in a table. */
  static Op embedding(OpContext context) {
    long rows = context.input(1).shape().dim(0);
    long features = context.input(1).shape().dim(1);
    return new CudaLookup(context, "embedding", List.of(rows, features));
  }

  /** Compiles the writing of numbers as vectors. */
  static Op oneHot(OpContext context, OneHot oneHot) {
    return new CudaLookup(context, "one_hot", List.of((long) oneHot.depth()));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    Launch.Builder launch =
        context.launch(context.function("indexed", context.indexed(kernel, 0))).number(count);
    inputs.forEach(launch::buffer);
    launch.buffer(outputs.getFirst());
    sizes.forEach(launch::number);
    return launch.over(count);
  }

  @Override
  public String describe() {
    return "kernel " + kernel;
  }
}
