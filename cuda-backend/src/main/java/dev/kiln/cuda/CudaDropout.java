package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Dropout;
import java.util.List;

/** {@link Dropout}: every thread draws one block of Philox, for four elements. */
record CudaDropout(OpContext context, Dropout dropout) implements Op {

  private static final int ELEMENTS_PER_BLOCK = 4;

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    return context
        .launch(context.function("dropout", "dropout"))
        .number(count)
        .buffer(inputs.get(0))
        .buffer(inputs.get(1))
        .buffer(outputs.getFirst())
        .number(1 / (1 - dropout.probability()))
        .number(dropout.threshold())
        .number(dropout.stream())
        .over((count + ELEMENTS_PER_BLOCK - 1) / ELEMENTS_PER_BLOCK);
  }
}
