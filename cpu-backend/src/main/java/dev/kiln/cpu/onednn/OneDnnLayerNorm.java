package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.LayerNorm;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** Compiles layer normalization and its gradient, over rows of all that is normalized together. */
final class OneDnnLayerNorm {

  private static final String NAME = OneDnnLayerNorm.class.getSimpleName();
  private static final int FORWARD_TRAINING = 64;
  private static final int BACKWARD = 128;
  private static final int USE_SCALE_AND_SHIFT = 2 | 4;

  private final OpContext context;
  private final float epsilon;
  private final MemoryDesc data;
  private final MemoryDesc statistic;
  private final MemoryDesc parameter;

  private OneDnnLayerNorm(OpContext context, LayerNorm spec, TensorType x) {
    this.context = context;
    this.epsilon = (float) spec.epsilon();
    int rank = x.shape().rank();
    long normalized = x.shape().elements(rank - spec.dims(), rank);
    long rows = x.elements() / normalized;
    this.data = MemoryDesc.rowMajor(context.scope(), rows, normalized);
    this.statistic = MemoryDesc.rowMajor(context.scope(), rows);
    this.parameter = MemoryDesc.rowMajor(context.scope(), normalized);
  }

  /** Compiles {@code x, weight, bias -> y, mean, variance}. */
  static Op forward(OpContext context, LayerNorm spec, TensorType x) {
    OneDnnLayerNorm op = new OneDnnLayerNorm(context, spec, x);
    return new PrimitiveOp(
        context,
        NAME,
        op.forward(),
        List.of(
            Argument.input(Argument.SRC, 0, op.data),
            Argument.input(Argument.SCALE, 1, op.parameter),
            Argument.input(Argument.SHIFT, 2, op.parameter),
            Argument.output(Argument.DST, 0, op.data),
            Argument.output(Argument.MEAN, 1, op.statistic),
            Argument.output(Argument.VARIANCE, 2, op.statistic)));
  }

  /** Compiles {@code x, weight, mean, variance, dy -> dx, dweight, dbias}. */
  static Op grad(OpContext context, LayerNorm.Grad grad, TensorType x) {
    OneDnnLayerNorm op = new OneDnnLayerNorm(context, grad.norm(), x);
    PrimitiveDesc hint = op.forward();
    PrimitiveDesc desc =
        PrimitiveDesc.create(
            context.scope(),
            out ->
                Dnnl.API.layerNormalizationBackwardPrimitiveDescCreate(
                    out,
                    context.engineHandle(),
                    BACKWARD,
                    op.data.handle(),
                    op.data.handle(),
                    op.data.handle(),
                    op.statistic.handle(),
                    op.epsilon,
                    USE_SCALE_AND_SHIFT,
                    hint.handle(),
                    context.plainAttributes()));
    return new PrimitiveOp(
        context,
        NAME,
        desc,
        List.of(
            Argument.input(Argument.SRC, 0, op.data),
            Argument.input(Argument.SCALE, 1, op.parameter),
            Argument.input(Argument.MEAN, 2, op.statistic),
            Argument.input(Argument.VARIANCE, 3, op.statistic),
            Argument.input(Argument.DIFF_DST, 4, op.data),
            Argument.output(Argument.DIFF_SRC, 0, op.data),
            Argument.output(Argument.DIFF_SCALE, 1, op.parameter),
            Argument.output(Argument.DIFF_SHIFT, 2, op.parameter)));
  }

  private PrimitiveDesc forward() {
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.layerNormalizationForwardPrimitiveDescCreate(
                out,
                context.engineHandle(),
                FORWARD_TRAINING,
                data.handle(),
                data.handle(),
                statistic.handle(),
                epsilon,
                USE_SCALE_AND_SHIFT,
                context.plainAttributes()));
  }
}
