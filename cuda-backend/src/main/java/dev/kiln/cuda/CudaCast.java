package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Cast;
import dev.kiln.tensor.DType;
import java.util.List;
import java.util.Locale;

/** {@link Cast}: one kernel for each pair of types. */
final class CudaCast implements Op {

  private final OpContext context;
  private final CudaFunction function;

  CudaCast(OpContext context) {
    this.context = context;
    String kernel =
        "cast_%s_%s".formatted(name(context.input(0).dtype()), name(context.output().dtype()));
    this.function = context.function("cast", kernel, DType.F32);
  }

  private static String name(DType dtype) {
    return dtype.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    long count = context.output().elements();
    return context
        .launch(function)
        .number(count)
        .buffer(inputs.getFirst())
        .buffer(outputs.getFirst())
        .over(count);
  }

  @Override
  public String describe() {
    return "kernel " + function.name();
  }
}
