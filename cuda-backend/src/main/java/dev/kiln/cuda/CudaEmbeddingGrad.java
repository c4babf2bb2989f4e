package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Embedding;
import java.util.List;

/**
 * {@link Embedding.Grad}: the block of the first place that used a row adds those of all places, in
 * their order, so that no two threads ever add to the same number.
 */
record CudaEmbeddingGrad(OpContext context) implements Op {

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long places = context.input(0).elements();
    Kernel add =
        context
            .launch(context.function("indexed", context.indexed("embedding_grad", 0)))
            .number(places)
            .buffer(inputs.get(0))
            .buffer(inputs.get(1))
            .buffer(outputs.getFirst())
            .number((long) context.output().shape().dim(0))
            .number((long) context.output().shape().dim(1))
            .blocks(places);
    return StreamWork.inOrder(
        List.of(
            StreamWork.zero(context.engine().context(), DeviceBuffer.of(outputs.getFirst())), add));
  }

  @Override
  public String describe() {
    return "kernel embedding_grad";
  }
}
