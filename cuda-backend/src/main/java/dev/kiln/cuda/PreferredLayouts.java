package dev.kiln.cuda;

import dev.kiln.backend.Precision;
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
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.TensorType;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where images and filters lie. Tensor cores multiply vectors of channels, so cuDNN turns images
 * that lie row by row for every convolution in a type that they compute with; here the channels lie
 * last from the first of these to the last, and whatever comes between follows. Convolutions
 * without tensor cores, so all in float32, keep rows, as do those that cuDNN has no algorithm for
 * otherwise.
 */
final class PreferredLayouts implements LayoutPreferences {

  /** The first compute capability with tensor cores, which multiply F16. */
  private static final int VOLTA = 7;

  /** The first whose tensor cores multiply BF16 and TF32. */
  private static final int AMPERE = 8;

  private final CudaEngine engine;
  private final int capability;
  private final Precision precision;

  PreferredLayouts(CudaEngine engine) {
    this.engine = engine;
    this.capability = engine.context().device().major();
    this.precision = engine.options().precision();
  }

  @Override
  public Choice of(Node node, List<Layout> current) {
    return switch (node.spec()) {
      case Conv2d conv -> convolution(node, conv, ConvolutionPass.FORWARD);
      case Conv2d.InputGrad grad -> convolution(node, grad.conv(), ConvolutionPass.INPUT_GRAD);
      case Conv2d.WeightGrad grad -> convolution(node, grad.conv(), ConvolutionPass.WEIGHT_GRAD);
      case BatchNorm _, BatchNorm.Grad _, BatchNormInference _, Pool2d _, Pool2d.Grad _ ->
          usesTensorCores(node) ? channelsLast(node) : alike(node, current);
      case Affine _, Clamp _, Clamp.Grad _, Dropout _, Unary _, Unary.Grad _ ->
          alike(node, current);
      case Binary _, Cast _, Concat _, Slice _, Slice.Grad _ ->
          new Choice(current, alike(node, current).outputs());
      case Broadcast _, Fill _, Reduce _, Transpose _ -> new Choice(current, rows(node.outputs()));
      case CorrectCount _,
          CrossEntropy _,
          CrossEntropy.Grad _,
          CustomSpec _,
          Embedding _,
          Embedding.Grad _,
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
          Recurrent _,
          Recurrent.Grad _,
          Reshape _,
          Softmax _,
          Softmax.Grad _,
          View _,
          WhereFinite _ ->
          rowMajor(node);
    };
  }

  /** Conversions above all: a parameter's is written in the order in which filters are read. */
  @Override
  public boolean writesAnyLayout(OpSpec spec) {
    return spec instanceof Broadcast
        || spec instanceof Cast
        || spec instanceof Fill
        || spec instanceof Transpose;
  }

  private boolean usesTensorCores(Node node) {
    DType dtype = node.outputs().getFirst().type().dtype();
    return switch (dtype) {
      case F16 -> capability >= VOLTA;
      case BF16 -> capability >= AMPERE;
      case F32 -> precision == Precision.TF32 && capability >= AMPERE;
      case F64, I32, I64, U8, OPAQUE -> false;
    };
  }

  /** The channels last where cuDNN has an algorithm for it. */
  private Choice convolution(Node node, Conv2d conv, ConvolutionPass pass) {
    if (usesTensorCores(node)) {
      Choice last = channelsLast(node);
      try (NativeScope scope = new NativeScope()) {
        OpContext context =
            new OpContext(
                engine,
                scope,
                placed(node.inputs(), last.inputs()),
                placed(node.outputs(), last.outputs()));
        if (ConvolutionAlgorithm.exists(pass, ConvolutionDescriptors.of(context, conv, pass))) {
          return last;
        }
      }
    }
    return rowMajor(node);
  }

  private static List<TensorType> placed(List<Value> values, List<Layout> layouts) {
    return IntStream.range(0, values.size())
        .mapToObj(i -> values.get(i).type().withLayout(layouts.get(i)))
        .toList();
  }

  /** The channels last as soon as one operand has them there. */
  private static Choice alike(Node node, List<Layout> current) {
    return current.contains(ChannelsLast.LAYOUT) ? channelsLast(node) : rowMajor(node);
  }

  private static Choice channelsLast(Node node) {
    return new Choice(images(node.inputs()), images(node.outputs()));
  }

  private static Choice rowMajor(Node node) {
    return new Choice(rows(node.inputs()), rows(node.outputs()));
  }

  private static List<Layout> rows(List<Value> values) {
    return Collections.nCopies(values.size(), Layout.ROW_MAJOR);
  }

  private static List<Layout> images(List<Value> values) {
    return values.stream()
        .map(value -> value.shape().rank() == 4 ? ChannelsLast.of(value.shape()) : Layout.ROW_MAJOR)
        .toList();
  }
}
