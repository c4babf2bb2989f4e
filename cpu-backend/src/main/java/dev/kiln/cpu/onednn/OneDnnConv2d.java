package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.Conv2d;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Size2d;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles convolutions and their two gradients. Images have their channels last; filters lie as
 * each of the three primitives likes them.
 */
final class OneDnnConv2d {

  private static final String NAME = OneDnnConv2d.class.getSimpleName();
  private static final int FORWARD_TRAINING = 64;
  private static final int DIRECT = 1;

  private final OpContext context;
  private final Conv2d conv;
  private final Shape weight;
  private final MemoryDesc image;
  private final MemoryDesc filters;
  private final MemoryDesc result;
  private final PostOps after;
  private final MemorySegment strides;
  private final MemorySegment dilations;
  private final MemorySegment padding;

  private OneDnnConv2d(
      OpContext context, Conv2d conv, TensorType x, TensorType weight, TensorType y) {
    this(context, conv, x, weight, y, List.of(), 0);
  }

  private OneDnnConv2d(
      OpContext context,
      Conv2d conv,
      TensorType x,
      TensorType weight,
      TensorType y,
      List<OpSpec> after,
      int operands) {
    NativeScope scope = context.scope();
    this.context = context;
    this.conv = conv;
    this.weight = weight.shape();
    this.image = image(x);
    this.result = image(y);
    this.filters =
        weight.layout() instanceof PackedLayout packed
            ? packed.describe(scope)
            : MemoryDesc.rowMajor(scope, filterDims());
    this.after = PostOps.of(scope, after, operands, result);
    this.strides = size(conv.stride());
    Size2d dilation = conv.dilation();
    // oneDNN counts the gaps between taps.
    this.dilations = scope.longs(dilation.height() - 1, dilation.width() - 1);
    this.padding = size(conv.padding());
  }

  /** Compiles {@code x, weight, bias?, operands of after... -> y}, which passes through it. */
  static Op forward(
      OpContext context,
      Conv2d conv,
      List<TensorType> inputs,
      TensorType output,
      List<OpSpec> after) {
    OneDnnConv2d op =
        new OneDnnConv2d(context, conv, inputs.get(0), inputs.get(1), output, after, inputs.size());
    MemoryDesc bias = inputs.size() == 3 ? op.bias() : MemoryDesc.NONE;
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.SRC, 0, op.image),
                Argument.input(Argument.WEIGHTS, 1, op.filters),
                Argument.output(Argument.DST, 0, op.result)));
    if (inputs.size() == 3) {
      arguments.add(Argument.input(Argument.BIAS, 2, bias));
    }
    arguments.addAll(op.after.arguments());
    return new PrimitiveOp(context, NAME, op.forward(op.filters, bias), arguments);
  }

  /** Compiles {@code dy, weight -> dx}. */
  static Op inputGrad(
      OpContext context, Conv2d.InputGrad grad, List<TensorType> inputs, TensorType output) {
    OneDnnConv2d op = new OneDnnConv2d(context, grad.conv(), output, inputs.get(1), inputs.get(0));
    return new PrimitiveOp(
        context,
        NAME,
        op.backwardData(op.filters),
        List.of(
            Argument.input(Argument.DIFF_DST, 0, op.result),
            Argument.input(Argument.WEIGHTS, 1, op.filters),
            Argument.output(Argument.DIFF_SRC, 0, op.image)));
  }

  /** Compiles {@code x, dy -> dweight, dbias?}. */
  static Op weightGrad(
      OpContext context,
      Conv2d.WeightGrad grad,
      List<TensorType> inputs,
      List<TensorType> outputs) {
    OneDnnConv2d op =
        new OneDnnConv2d(context, grad.conv(), inputs.get(0), outputs.get(0), inputs.get(1));
    MemoryDesc bias = grad.bias() ? op.bias() : MemoryDesc.NONE;
    List<Argument> arguments =
        new ArrayList<>(
            List.of(
                Argument.input(Argument.SRC, 0, op.image),
                Argument.input(Argument.DIFF_DST, 1, op.result),
                Argument.output(Argument.DIFF_WEIGHTS, 0, op.filters)));
    if (grad.bias()) {
      arguments.add(Argument.output(Argument.DIFF_BIAS, 1, bias));
    }
    return new PrimitiveOp(context, NAME, op.backwardWeights(op.filters, bias), arguments);
  }

  /** Returns the placement of the filters that the forward primitive likes best. */
  static Layout forwardFilters(OpContext context, Conv2d conv, TensorType x, TensorType weight) {
    OneDnnConv2d op = probe(context, conv, x, weight);
    return op.chosen(op.forward(op.anyFilters(), MemoryDesc.NONE), PrimitiveDesc.Operand.WEIGHTS);
  }

  /** Returns the placement of the filters from which the image's gradient is computed best. */
  static Layout inputGradFilters(OpContext context, Conv2d conv, TensorType x, TensorType weight) {
    OneDnnConv2d op = probe(context, conv, x, weight);
    return op.chosen(op.backwardData(op.anyFilters()), PrimitiveDesc.Operand.WEIGHTS);
  }

  /** Returns the placement in which the filters' gradient is computed best. */
  static Layout weightGradFilters(OpContext context, Conv2d conv, TensorType x, TensorType weight) {
    OneDnnConv2d op = probe(context, conv, x, weight);
    return op.chosen(
        op.backwardWeights(op.anyFilters(), MemoryDesc.NONE),
        PrimitiveDesc.Operand.WEIGHTS_GRADIENT);
  }

  private static OneDnnConv2d probe(
      OpContext context, Conv2d conv, TensorType x, TensorType weight) {
    TensorType plainX = TensorType.of(x.dtype(), x.shape());
    TensorType plainWeight = TensorType.of(weight.dtype(), weight.shape());
    TensorType y = conv.infer(List.of(plainX, plainWeight)).getFirst();
    return new OneDnnConv2d(
        context,
        conv,
        plainX.withLayout(ChannelsLast.of(x.shape())),
        plainWeight,
        y.withLayout(ChannelsLast.of(y.shape())));
  }

  private Layout chosen(PrimitiveDesc desc, PrimitiveDesc.Operand operand) {
    MemoryDesc choice = desc.query(operand);
    return choice.sameAs(filters) ? Layout.ROW_MAJOR : PackedLayout.of(choice, filterDims());
  }

  private PrimitiveDesc forward(MemoryDesc weights, MemoryDesc bias) {
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.convolutionForwardPrimitiveDescCreate(
                out,
                context.engineHandle(),
                FORWARD_TRAINING,
                DIRECT,
                image.handle(),
                weights.handle(),
                bias.handle(),
                result.handle(),
                strides,
                dilations,
                padding,
                padding,
                after.attributes()));
  }

  private PrimitiveDesc backwardData(MemoryDesc weights) {
    PrimitiveDesc hint = forward(anyFilters(), MemoryDesc.NONE);
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.convolutionBackwardDataPrimitiveDescCreate(
                out,
                context.engineHandle(),
                DIRECT,
                image.handle(),
                weights.handle(),
                result.handle(),
                strides,
                dilations,
                padding,
                padding,
                hint.handle(),
                after.attributes()));
  }

  private PrimitiveDesc backwardWeights(MemoryDesc weights, MemoryDesc bias) {
    PrimitiveDesc hint = forward(anyFilters(), MemoryDesc.NONE);
    return PrimitiveDesc.create(
        context.scope(),
        out ->
            Dnnl.API.convolutionBackwardWeightsPrimitiveDescCreate(
                out,
                context.engineHandle(),
                DIRECT,
                image.handle(),
                weights.handle(),
                bias.handle(),
                result.handle(),
                strides,
                dilations,
                padding,
                padding,
                hint.handle(),
                after.attributes()));
  }

  private MemoryDesc image(TensorType type) {
    boolean channelsLast = ChannelsLast.of(type.shape()).equals(type.layout());
    return channelsLast
        ? MemoryDesc.channelsLast(context.scope(), MemoryDesc.dims(type.shape()))
        : MemoryDesc.of(context.scope(), type);
  }

  private MemoryDesc anyFilters() {
    return MemoryDesc.any(context.scope(), filterDims());
  }

  /** The dimensions of the filters, with the groups in front when there are some. */
  private long[] filterDims() {
    int groups = conv.groups();
    return groups == 1
        ? MemoryDesc.dims(weight)
        : new long[] {groups, weight.dim(0) / groups, weight.dim(1), weight.dim(2), weight.dim(3)};
  }

  private MemoryDesc bias() {
    return MemoryDesc.rowMajor(context.scope(), weight.dim(0));
  }

  private MemorySegment size(Size2d size) {
    return context.scope().longs(size.height(), size.width());
  }
}
