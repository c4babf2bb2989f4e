package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Cast;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.DType;
import java.util.List;
import java.util.Locale;

/** {@link Cast}: one kernel for each pair of types, which may write another order than it reads. */
final class CudaCast implements Op {

  private final OpContext context;
  private final CudaFunction function;
  private final boolean reorders;

  CudaCast(OpContext context) {
    this.context = context;
    this.reorders = !context.input(0).layout().equals(context.output().layout());
    String kernel =
        "cast_%s_%s%s"
            .formatted(
                name(context.input(0).dtype()),
                name(context.output().dtype()),
                reorders ? "_reordered" : "");
    this.function = context.function("cast", kernel, DType.F32);
  }

  private static String name(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    Launch.Builder launch =
        context.launch(function).number(count).buffer(inputs.getFirst()).buffer(outputs.getFirst());
    if (reorders) {
      StridedWalk places =
          StridedWalk.inMemoryOrder(context.output(), ChannelsLast.strides(context.input(0)));
      launch.struct(places.toStruct(context.scope().arena()));
    }
    return launch.over(count);
  }

  @Override
  public String describe() {
    return "kernel " + function.name();
  }
}
