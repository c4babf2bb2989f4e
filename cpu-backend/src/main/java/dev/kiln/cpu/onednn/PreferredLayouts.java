package dev.kiln.cpu.onednn;

import dev.kiln.graph.Graph;
import dev.kiln.graph.LayoutPreferences;
import dev.kiln.graph.Node;
import dev.kiln.op.Affine;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.Binary;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Cast;
import dev.kiln.op.Clamp;
import dev.kiln.op.Concat;
import dev.kiln.op.Conv2d;
import dev.kiln.op.CorrectCount;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.CustomSpec;
import dev.kiln.op.Dropout;
import dev.kiln.op.Embedding;
import dev.kiln.op.Fill;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.Linear;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.MatMul;
import dev.kiln.op.OneHot;
import dev.kiln.op.OpSpec;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Pool2d;
import dev.kiln.op.PrivateSpec;
import dev.kiln.op.Recurrent;
import dev.kiln.op.Reduce;
import dev.kiln.op.Reshape;
import dev.kiln.op.Slice;
import dev.kiln.op.Softmax;
import dev.kiln.op.Transpose;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** The placements that each of oneDNN's operations reads and writes fastest. */
final class PreferredLayouts implements LayoutPreferences {

  private final OneDnnEngine engine;
  private final OpenMpTeam team;
  private final Graph graph;

  PreferredLayouts(OneDnnEngine engine, OpenMpTeam team, Graph graph) {
    this.engine = engine;
    this.team = team;
    this.graph = graph;
  }

  @Override
  public Choice of(Node node, List<Layout> current) {
    boolean single =
        node.outputs().stream().anyMatch(v -> MemoryDesc.supports(v.type().dtype()))
            && node.inputs().stream()
                .allMatch(
                    v -> MemoryDesc.supports(v.type().dtype()) || !v.type().dtype().isFloating());
    return single ? of(node.spec(), node, current) : rowMajor(node);
  }

  private Choice of(OpSpec spec, Node node, List<Layout> current) {
    return switch (spec) {
      case Fused fused -> of(fused.lead(), node, current);
      case Conv2d conv -> convolution(conv, node);
      case Conv2d.InputGrad grad -> inputGrad(grad, node);
      case Conv2d.WeightGrad grad -> weightGrad(grad, node);
      case Pool2d pool when pool.kind() == Pool2d.Kind.MAX -> maxPool(pool, node);
      case Pool2d.Grad grad when grad.pool().kind() == Pool2d.Kind.MAX ->
          current.get(1).equals(Layout.ROW_MAJOR)
              ? rowMajor(node)
              : new Choice(
                  List.of(channelsLast(type(node, 0)), current.get(1)), images(node.outputs()));
      case Pool2d _, Pool2d.Grad _, BatchNorm _, BatchNorm.Grad _, BatchNormInference _ ->
          new Choice(images(node.inputs()), images(node.outputs()));
      case NormRelu norm -> normRelu(norm, node);
      case NormRelu.Grad _ -> {
        List<Layout> inputs = new ArrayList<>(images(node.inputs()));
        inputs.set(NormRelu.POSITIVE, current.get(NormRelu.POSITIVE));
        yield new Choice(inputs, images(node.outputs()));
      }
      case Recurrent recurrent -> recurrent(recurrent, node);
      case Recurrent.Grad grad -> recurrentGrad(grad, node, current);
      case RecurrentParameterGrad grad -> recurrentGrad(grad.whole(), node, current);
      case Unary _, Unary.Grad _, Affine _, Clamp _, Clamp.Grad _ -> likeInputs(node, current);
      case Binary _ when type(node, 0).shape().equals(type(node, 1).shape()) ->
          likeInputs(node, current);
      case Reduce reduce when keepsOrder(reduce, type(node, 0).shape()) ->
          new Choice(current, rows(node.outputs()));
      case Binary _,
          Reduce _,
          Broadcast _,
          Cast _,
          Concat _,
          CorrectCount _,
          CrossEntropy _,
          CrossEntropy.Grad _,
          CustomSpec _,
          Dropout _,
          Embedding _,
          Embedding.Grad _,
          Fill _,
          LayerNorm _,
          LayerNorm.Grad _,
          Linear _,
          LogSoftmax _,
          LogSoftmax.Grad _,
          MatMul _,
          OneHot _,
          OptimizerStep _,
          Pack _,
          PrivateSpec _,
          Reshape _,
          Slice _,
          Slice.Grad _,
          Softmax _,
          Softmax.Grad _,
          Transpose _,
          View _,
          WhereFinite _ ->
          rowMajor(node);
    };
  }

  private Choice convolution(Conv2d conv, Node node) {
    List<Layout> inputs = new ArrayList<>(images(node.inputs()));
    try (NativeScope scope = new NativeScope()) {
      OpContext context = new OpContext(engine, team, scope);
      inputs.set(1, OneDnnConv2d.forwardFilters(context, conv, type(node, 0), type(node, 1)));
    }
    return new Choice(inputs, images(node.outputs()));
  }

  private Choice inputGrad(Conv2d.InputGrad grad, Node node) {
    List<Layout> inputs = new ArrayList<>(images(node.inputs()));
    TensorType x = node.outputs().getFirst().type();
    try (NativeScope scope = new NativeScope()) {
      OpContext context = new OpContext(engine, team, scope);
      inputs.set(1, OneDnnConv2d.inputGradFilters(context, grad.conv(), x, type(node, 1)));
    }
    return new Choice(inputs, images(node.outputs()));
  }

  private Choice weightGrad(Conv2d.WeightGrad grad, Node node) {
    List<Layout> outputs = new ArrayList<>(images(node.outputs()));
    TensorType filters = node.outputs().getFirst().type();
    try (NativeScope scope = new NativeScope()) {
      OpContext context = new OpContext(engine, team, scope);
      outputs.set(0, OneDnnConv2d.weightGradFilters(context, grad.conv(), type(node, 0), filters));
    }
    return new Choice(images(node.inputs()), outputs);
  }

  /** The indices become oneDNN's workspace, unless something other than the gradient reads them. */
  private Choice maxPool(Pool2d pool, Node node) {
    if (isReadByOthers(node.outputs().get(1), other -> other instanceof Pool2d.Grad)) {
      return rowMajor(node);
    }
    try (NativeScope scope = new NativeScope()) {
      TensorType x = type(node, 0);
      TensorType y = node.outputs().getFirst().type();
      Layout workspace =
          OneDnnPool2d.workspace(
              new OpContext(engine, team, scope),
              pool,
              x.withLayout(channelsLast(x)),
              y.withLayout(channelsLast(y)));
      return new Choice(List.of(channelsLast(x)), List.of(channelsLast(y), workspace));
    }
  }

  /** Whether something reads what an operation keeps for its gradient. */
  private boolean isRead(Value kept, Predicate<OpSpec> reader) {
    return graph.nodes().stream()
        .anyMatch(node -> node.inputs().contains(kept) && reader.test(node.spec()));
  }

  /** Whether something other than the gradient reads it. */
  private boolean isReadByOthers(Value kept, Predicate<OpSpec> isGradient) {
    return graph.outputs().contains(kept)
        || graph.updates().stream().anyMatch(update -> update.next() == kept)
        || isRead(kept, isGradient.negate());
  }

  /** Sequences of one length go through oneDNN's RNN primitive, which keeps what it likes. */
  private Choice recurrent(Recurrent spec, Node node) {
    Value reserve = node.outputs().getLast();
    Predicate<OpSpec> isGradient =
        other -> other instanceof Recurrent.Grad || other instanceof RecurrentParameterGrad;
    Shape x = type(node, 0).shape();
    if (!RnnPrimitive.suits(RecurrentShape.of(spec, x)) || isReadByOthers(reserve, isGradient)) {
      return rowMajor(node);
    }
    List<Layout> outputs = new ArrayList<>(rows(node.outputs()));
    try (NativeScope scope = new NativeScope()) {
      outputs.set(
          outputs.size() - 1,
          isRead(reserve, isGradient)
              ? new RnnReserve(new OpContext(engine, team, scope), spec, x)
              : RnnReserve.UNREAD);
    }
    return new Choice(rows(node.inputs()), outputs);
  }

  private static Choice recurrentGrad(Recurrent.Grad spec, Node node, List<Layout> current) {
    List<Layout> inputs = new ArrayList<>(rows(node.inputs()));
    inputs.set(spec.reserveIndex(), current.get(spec.reserveIndex()));
    return new Choice(inputs, rows(node.outputs()));
  }

  private Choice normRelu(NormRelu norm, Node node) {
    List<Layout> outputs = new ArrayList<>(images(node.outputs()));
    TensorType x = type(node, 0);
    try (NativeScope scope = new NativeScope()) {
      OpContext context = new OpContext(engine, team, scope);
      outputs.set(
          NormRelu.POSITIVE,
          OneDnnBatchNorm.positive(context, norm, x.withLayout(channelsLast(x))));
    }
    return new Choice(images(node.inputs()), outputs);
  }

  /** Elementwise: channels last as soon as one operand is. */
  private static Choice likeInputs(Node node, List<Layout> current) {
    Layout layout = current.contains(ChannelsLast.LAYOUT) ? ChannelsLast.LAYOUT : Layout.ROW_MAJOR;
    return new Choice(
        Collections.nCopies(node.inputs().size(), layout),
        Collections.nCopies(node.outputs().size(), layout));
  }

  /** Whether what a reduction leaves has the same order with the channels last as row by row. */
  private static boolean keepsOrder(Reduce reduce, Shape x) {
    boolean noPlane = reduce.axes().contains(2) && reduce.axes().contains(3);
    return x.rank() == 4 && (noPlane || reduce.axes().contains(1));
  }

  private static Choice rowMajor(Node node) {
    return new Choice(rows(node.inputs()), rows(node.outputs()));
  }

  private static List<Layout> rows(List<Value> values) {
    return Collections.nCopies(values.size(), Layout.ROW_MAJOR);
  }

  private static List<Layout> images(List<Value> values) {
    return values.stream().map(value -> channelsLast(value.type())).toList();
  }

  /** Channels last for images of single precision, rows for everything else. */
  private static Layout channelsLast(TensorType type) {
    return type.shape().rank() == 4 ? ChannelsLast.of(type.shape()) : Layout.ROW_MAJOR;
  }

  private static TensorType type(Node node, int input) {
    return node.inputs().get(input).type();
  }
}
