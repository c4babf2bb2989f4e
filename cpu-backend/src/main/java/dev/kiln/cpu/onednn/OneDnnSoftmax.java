package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** Compiles the softmax and its logarithm, and their gradients. */
final class OneDnnSoftmax {

  /** {@code dnnl_softmax_accurate}. */
  static final int PROBABILITIES = 0x30000;

  /** {@code dnnl_softmax_log}. */
  static final int LOGARITHMS = 0x30001;

  private static final String NAME = OneDnnSoftmax.class.getSimpleName();
  private static final int FORWARD_TRAINING = 64;

  private OneDnnSoftmax() {}

  /** Compiles {@code x -> y}. */
  static PrimitiveOp forward(OpContext context, int algorithm, int axis, TensorType x) {
    MemoryDesc data = MemoryDesc.of(context.scope(), x);
    return new PrimitiveOp(
        context,
        NAME,
        describe(context, algorithm, axis, data),
        List.of(Argument.input(Argument.SRC, 0, data), Argument.output(Argument.DST, 0, data)));
  }

  /** Compiles {@code y, dy -> dx}. */
  static Op backward(OpContext context, int algorithm, int axis, TensorType y) {
    MemoryDesc data = MemoryDesc.of(context.scope(), y);
    PrimitiveDesc hint = describe(context, algorithm, axis, data);
    PrimitiveDesc desc =
        PrimitiveDesc.create(
            context.scope(),
            out ->
                Dnnl.API.softmaxBackwardPrimitiveDescCreate(
                    out,
                    context.engineHandle(),
                    algorithm,
                    data.handle(),
                    data.handle(),
                    data.handle(),
                    axis,
                    hint.handle(),
                    context.plainAttributes()));
    return new PrimitiveOp(
        context,
        NAME,
        desc,
        List.of(
            Argument.input(Argument.DST, 0, data),
            Argument.input(Argument.DIFF_DST, 1, data),
            Argument.output(Argument.DIFF_SRC, 0, data)));
  }

  private static PrimitiveDesc describe(
      OpContext context, int algorithm, int axis, MemoryDesc data) {
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.softmaxForwardPrimitiveDescCreate(
                out,
                context.engineHandle(),
                FORWARD_TRAINING,
                algorithm,
                data.handle(),
                data.handle(),
                axis,
                context.plainAttributes()));
  }
}
