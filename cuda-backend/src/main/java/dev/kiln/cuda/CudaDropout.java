package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Dropout;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.Shape;
import java.util.List;

/**
 * {@link Dropout}: every thread draws one block of Philox, for four elements, which with the
 * channels last are no neighbours: there it is for one.
 */
record CudaDropout(OpContext context, Dropout dropout) implements Op {

  private static final int ELEMENTS_PER_BLOCK = 4;

  private boolean isChannelsLast() {
    return context.output().layout() == ChannelsLast.LAYOUT;
  }

  private String kernel() {
    return isChannelsLast() ? "dropout_channels_last" : "dropout";
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    Launch.Builder launch =
        context
            .launch(context.function("dropout", kernel()))
            .number(count)
            .buffer(inputs.get(0))
            .buffer(inputs.get(1))
            .buffer(outputs.getFirst())
            .number(1 / (1 - dropout.probability()))
            .number(dropout.threshold())
            .number(dropout.stream());
    if (isChannelsLast()) {
      Shape shape = context.output().shape();
      return launch
          .number((long) shape.dim(1))
          .number((long) shape.dim(2) * shape.dim(3))
          .over(count);
    }
    return launch.over(Math.ceilDiv(count, ELEMENTS_PER_BLOCK));
  }

  @Override
  public String describe() {
    return "kernel " + kernel();
  }
}
