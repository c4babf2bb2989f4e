package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Binary;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** {@link Binary} as one kernel that repeats its operands by strides of 0. */
final class CudaBinary implements Op {

  private final OpContext context;
  private final CudaFunction function;
  private final StridedWalk walk;

  CudaBinary(OpContext context, Binary operation) {
    this.context = context;
    this.function = context.function("binary", "binary_" + operation);
    TensorType result = context.output();
    this.walk =
        StridedWalk.inMemoryOrder(
            result,
            StridedWalk.broadcast(context.input(0), result.shape()),
            StridedWalk.broadcast(context.input(1), result.shape()));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    return context
        .launch(function)
        .number(count)
        .buffer(inputs.get(0))
        .buffer(inputs.get(1))
        .buffer(outputs.getFirst())
        .struct(walk.toStruct(context.scope().arena()))
        .over(count);
  }

  @Override
  public String describe() {
    return "kernel " + function.name();
  }
}
