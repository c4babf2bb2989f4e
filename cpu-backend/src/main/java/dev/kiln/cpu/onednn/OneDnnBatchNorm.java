package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Batch normalization while training: a primitive for the batch, then the few numbers of the
 * running statistics.
 */
final class OneDnnBatchNorm implements Op {

  private static final String NAME = OneDnnBatchNorm.class.getSimpleName();
  private static final int FORWARD_TRAINING = 64;
  private static final int FORWARD_INFERENCE = 96;
  private static final int BACKWARD = 128;
  private static final int USE_GLOBAL_STATISTICS = 1;
  private static final int USE_SCALE_AND_SHIFT = 2 | 4;
  private static final int FUSE_RELU = 8;

  private final PrimitiveOp primitive;
  private final BatchNorm spec;
  private final int channels;
  private final double unbiased;

  private OneDnnBatchNorm(PrimitiveOp primitive, BatchNorm spec, TensorType x) {
    this.primitive = primitive;
    this.spec = spec;
    this.channels = x.shape().dim(1);
    double samples = (double) x.elements() / channels;
    this.unbiased = samples / (samples - 1);
  }

  /**
   * Compiles {@code x, weight, bias, runningMean, runningVariance -> y, mean, variance,
   * runningMean, runningVariance}.
   */
  static Op forward(OpContext context, BatchNorm spec, TensorType x) {
    return forward(context, spec, x, USE_SCALE_AND_SHIFT, List.of());
  }

  /** Compiles the same with a rectified y; what is positive is the last output. */
  static Op forward(OpContext context, NormRelu spec, TensorType x, TensorType positive) {
    Argument remembered =
        Argument.output(
            Argument.WORKSPACE, NormRelu.POSITIVE, MemoryDesc.of(context.scope(), positive));
    return forward(context, spec.norm(), x, USE_SCALE_AND_SHIFT | FUSE_RELU, List.of(remembered));
  }

  private static Op forward(
      OpContext context, BatchNorm spec, TensorType x, int flags, List<Argument> more) {
    MemoryDesc data = MemoryDesc.of(context.scope(), x);
    MemoryDesc channel = channel(context, x);
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.SRC, 0, data),
                Argument.input(Argument.SCALE, 1, channel),
                Argument.input(Argument.SHIFT, 2, channel),
                Argument.output(Argument.DST, 0, data),
                Argument.output(Argument.MEAN, 1, channel),
                Argument.output(Argument.VARIANCE, 2, channel)));
    arguments.addAll(more);
    PrimitiveDesc desc = forward(context, data, spec.epsilon(), FORWARD_TRAINING, flags);
    return new OneDnnBatchNorm(new PrimitiveOp(context, NAME, desc, arguments), spec, x);
  }

  /** Returns where a normalization with a rectifier keeps what is positive of a tensor. */
  static Layout positive(OpContext context, NormRelu spec, TensorType x) {
    MemoryDesc data = MemoryDesc.of(context.scope(), x);
    PrimitiveDesc desc =
        forward(
            context,
            data,
            spec.norm().epsilon(),
            FORWARD_TRAINING,
            USE_SCALE_AND_SHIFT | FUSE_RELU);
    return PackedLayout.of(desc.query(PrimitiveDesc.Operand.WORKSPACE), MemoryDesc.dims(x.shape()));
  }

  /** Compiles {@code x, weight, mean, variance, dy -> dx, dweight, dbias}. */
  static Op grad(OpContext context, BatchNorm.Grad spec, TensorType x) {
    return grad(context, spec, x, USE_SCALE_AND_SHIFT, List.of());
  }

  /** Compiles the same with dy of the rectified result, and what is positive as the last input. */
  static Op grad(OpContext context, NormRelu.Grad spec, TensorType x, TensorType positive) {
    Argument remembered =
        Argument.input(
            Argument.WORKSPACE, NormRelu.POSITIVE, MemoryDesc.of(context.scope(), positive));
    return grad(context, spec.norm(), x, USE_SCALE_AND_SHIFT | FUSE_RELU, List.of(remembered));
  }

  private static Op grad(
      OpContext context, BatchNorm.Grad spec, TensorType x, int flags, List<Argument> more) {
    MemoryDesc data = MemoryDesc.of(context.scope(), x);
    MemoryDesc channel = channel(context, x);
    float epsilon = (float) spec.epsilon();
    PrimitiveDesc hint = forward(context, data, epsilon, FORWARD_TRAINING, flags);
    PrimitiveDesc desc =
        PrimitiveDesc.create(
            context.scope(),
            out ->
                Dnnl.API.batchNormalizationBackwardPrimitiveDescCreate(
                    out,
                    context.engineHandle(),
                    BACKWARD,
                    data.handle(),
                    data.handle(),
                    data.handle(),
                    epsilon,
                    flags,
                    hint.handle(),
                    context.plainAttributes()));
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.SRC, 0, data),
                Argument.input(Argument.SCALE, 1, channel),
                Argument.input(Argument.MEAN, 2, channel),
                Argument.input(Argument.VARIANCE, 3, channel),
                Argument.input(Argument.DIFF_DST, 4, data),
                Argument.output(Argument.DIFF_SRC, 0, data),
                Argument.output(Argument.DIFF_SCALE, 1, channel),
                Argument.output(Argument.DIFF_SHIFT, 2, channel)));
    arguments.addAll(more);
    return new PrimitiveOp(context, NAME, desc, arguments);
  }

  /** Compiles {@code x, weight, bias, runningMean, runningVariance -> y}. */
  static Op inference(OpContext context, BatchNormInference spec, TensorType x) {
    MemoryDesc data = MemoryDesc.of(context.scope(), x);
    MemoryDesc channel = channel(context, x);
    PrimitiveDesc desc =
        forward(
            context,
            data,
            spec.epsilon(),
            FORWARD_INFERENCE,
            USE_GLOBAL_STATISTICS | USE_SCALE_AND_SHIFT);
    return new PrimitiveOp(
        context,
        NAME,
        desc,
        List.of(
            Argument.input(Argument.SRC, 0, data),
            Argument.input(Argument.SCALE, 1, channel),
            Argument.input(Argument.SHIFT, 2, channel),
            Argument.input(Argument.MEAN, 3, channel),
            Argument.input(Argument.VARIANCE, 4, channel),
            Argument.output(Argument.DST, 0, data)));
  }

  private static PrimitiveDesc forward(
      OpContext context, MemoryDesc data, double epsilon, int propagation, int flags) {
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.batchNormalizationForwardPrimitiveDescCreate(
                out,
                context.engineHandle(),
                propagation,
                data.handle(),
                data.handle(),
                (float) epsilon,
                flags,
                context.plainAttributes()));
  }

  private static MemoryDesc channel(OpContext context, TensorType x) {
    return MemoryDesc.rowMajor(context.scope(), x.shape().dim(1));
  }

  @Override
  public long workspaceBytes() {
    return primitive.workspaceBytes();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Kernel batch = primitive.bind(inputs, outputs, workspace);
    Kernel mean = average(inputs.get(3), outputs.get(1), outputs.get(3), 1);
    Kernel variance = average(inputs.get(4), outputs.get(2), outputs.get(4), unbiased);
    return () -> {
      batch.run();
      mean.run();
      variance.run();
    };
  }

  /** Moves a running statistic towards the batch's. */
  private Kernel average(Buffer running, Buffer batch, Buffer result, double factor) {
    MemorySegment old = HostBuffer.of(running).segment();
    MemorySegment newest = HostBuffer.of(batch).segment();
    MemorySegment next = HostBuffer.of(result).segment();
    float keep = (float) (1 - spec.momentum());
    float take = (float) (spec.momentum() * factor);
    return () -> {
      for (int c = 0; c < channels; c++) {
        float value =
            keep * old.getAtIndex(ValueLayout.JAVA_FLOAT, c)
                + take * newest.getAtIndex(ValueLayout.JAVA_FLOAT, c);
        next.setAtIndex(ValueLayout.JAVA_FLOAT, c, value);
      }
    };
  }

  @Override
  public String describe() {
    return primitive.describe();
  }

  @Override
  public void close() {
    primitive.close();
  }
}
