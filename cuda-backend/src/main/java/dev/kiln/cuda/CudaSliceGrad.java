package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Slice;
import java.util.List;

/** {@link Slice.Grad}: zeros, and the gradient in its range. */
record CudaSliceGrad(OpContext context, Slice slice) implements Op {

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Movement range =
        Movement.range(context.input(0), context.output(), slice.axis(), slice.start());
    return StreamWork.inOrder(
        List.of(
            StreamWork.zero(context.engine().context(), DeviceBuffer.of(outputs.getFirst())),
            range.scatter(context, inputs.getFirst(), outputs.getFirst())));
  }

  @Override
  public String describe() {
    return "kernel scatter";
  }
}
