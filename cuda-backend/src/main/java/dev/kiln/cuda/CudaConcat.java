package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Concat;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** {@link Concat}: every input is written into its range of the result. */
record CudaConcat(OpContext context, Concat concat) implements Op {

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    List<Kernel> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < inputs.size(); i++) {
      TensorType part = context.input(i);
      parts.add(
          Movement.range(part, context.output(), concat.axis(), start)
              .scatter(context, inputs.get(i), outputs.getFirst()));
      start += part.shape().dim(concat.axis());
    }
    return StreamWork.inOrder(parts);
  }

  @Override
  public String describe() {
    return "kernel scatter";
  }
}
