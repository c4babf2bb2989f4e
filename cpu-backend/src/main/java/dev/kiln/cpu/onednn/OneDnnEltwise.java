package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.Unary;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** Compiles elementwise functions of one tensor, wherever its elements lie. */
final class OneDnnEltwise {

  private static final String NAME = OneDnnEltwise.class.getSimpleName();
  private static final int FORWARD_TRAINING = 64;

  private OneDnnEltwise() {}

  /** Compiles {@code x -> y}, the functions applied one after the other. */
  static Op forward(OpContext context, List<Eltwise> functions, TensorType x) {
    MemoryDesc flat = MemoryDesc.rowMajor(context.scope(), x.elements());
    List<PrimitiveOp> stages =
        functions.stream()
            .map(function ->
                new PrimitiveOp(
                    context,
                    NAME,
                    describe(context, function, flat),
                    List.of(
                        Argument.input(Argument.SRC, 0, flat),
                        Argument.output(Argument.DST, 0, flat))))
            .toList();
    return stages.size() == 1 ? stages.getFirst() : new PrimitiveSequence(stages);
  }

  /** Compiles {@code xOrY, dy -> dx}. */
  static Op backward(OpContext context, Unary function, Eltwise eltwise, TensorType x) {
    MemoryDesc flat = MemoryDesc.rowMajor(context.scope(), x.elements());
    PrimitiveDesc hint = describe(context, eltwise, flat);
    PrimitiveDesc desc =
        PrimitiveDesc.create(
            context.scope(),
            out ->
                Dnnl.API.eltwiseBackwardPrimitiveDescCreate(
                    out,
                    context.engineHandle(),
                    eltwise.algorithm(),
                    flat.handle(),
                    flat.handle(),
                    flat.handle(),
                    eltwise.alpha(),
                    eltwise.beta(),
                    hint.handle(),
                    context.plainAttributes()));
    int data =
        switch (function.derivativeFrom()) {
          case INPUT -> Argument.SRC;
          // oneDNN has forms from the output for curved functions only; for a line it is unread.
          case OUTPUT -> eltwise.fromOutput() ? Argument.DST : Argument.SRC;
        };
    return new PrimitiveOp(
        context,
        NAME,
        desc,
        List.of(
            Argument.input(data, 0, flat),
            Argument.input(Argument.DIFF_DST, 1, flat),
            Argument.output(Argument.DIFF_SRC, 0, flat)));
  }

  private static PrimitiveDesc describe(OpContext context, Eltwise function, MemoryDesc flat) {
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.eltwiseForwardPrimitiveDescCreate(
                out,
                context.engineHandle(),
                FORWARD_TRAINING,
                function.algorithm(),
                flat.handle(),
                flat.handle(),
                function.alpha(),
                function.beta(),
                context.plainAttributes()));
  }
}
