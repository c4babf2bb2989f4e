package dev.kiln.graph;

import dev.kiln.op.Affine;
import dev.kiln.op.Binary;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Clamp;
import dev.kiln.op.Concat;
import dev.kiln.op.Conv2d;
import dev.kiln.op.CrossEntropy;
import dev.kiln.op.Dropout;
import dev.kiln.op.Embedding;
import dev.kiln.op.Fill;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.Linear;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.MatMul;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Reduce;
import dev.kiln.op.Reshape;
import dev.kiln.op.ShapeException;
import dev.kiln.op.Slice;
import dev.kiln.op.Softmax;
import dev.kiln.op.Transpose;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The usual operations by name, for writing a network op by op. Each adds a node to the builder it
 * came from; shapes and rules are those of the operation in {@code dev.kiln.op}.
 */
public final class Ops {

  private final GraphBuilder graph;

  Ops(GraphBuilder graph) {
    this.graph = graph;
  }

  /** Returns {@code a + b}, broadcast. */
  public Value add(Value a, Value b) {
    return graph.apply(Binary.ADD, a, b);
  }

  /** Returns {@code a - b}, broadcast. */
  public Value sub(Value a, Value b) {
    return graph.apply(Binary.SUB, a, b);
  }

  /** Returns {@code a * b}, elementwise and broadcast. */
  public Value mul(Value a, Value b) {
    return graph.apply(Binary.MUL, a, b);
  }

  /** Returns {@code a / b}, elementwise and broadcast. */
  public Value div(Value a, Value b) {
    return graph.apply(Binary.DIV, a, b);
  }

  /** Returns {@code scale * x + shift}. */
  public Value affine(Value x, double scale, double shift) {
    return graph.apply(new Affine(scale, shift), x);
  }

  /** Returns {@code min(max(x, low), high)}. */
  public Value clamp(Value x, double low, double high) {
    return graph.apply(new Clamp(low, high), x);
  }

  /** Returns a function of every element, such as {@link Unary#RELU}. */
  public Value unary(Unary function, Value x) {
    return graph.apply(function, x);
  }

  /** Returns {@code max(x, 0)}. */
  public Value relu(Value x) {
    return unary(Unary.RELU, x);
  }

  /** Returns {@code 1 / (1 + e^-x)}. */
  public Value sigmoid(Value x) {
    return unary(Unary.SIGMOID, x);
  }

  /** Returns the hyperbolic tangent. */
  public Value tanh(Value x) {
    return unary(Unary.TANH, x);
  }

  /** Returns a tensor whose elements are all {@code value}. */
  public Value fill(DType dtype, Shape shape, double value) {
    return graph.apply(new Fill(dtype, shape, value));
  }

  /** Returns {@code x} repeated to a shape. */
  public Value broadcast(Value x, Shape target) {
    return graph.apply(new Broadcast(target), x);
  }

  /** Returns the product of two matrices, or of two batches of them. */
  public Value matmul(Value a, Value b) {
    return graph.apply(MatMul.PLAIN, a, b);
  }

  /** Returns {@code x weight'}: [N, in] and [out, in] to [N, out]. */
  public Value linear(Value x, Value weight) {
    return graph.apply(new Linear(), x, weight);
  }

  /** Returns {@code x weight' + bias}: [N, in], [out, in] and [out] to [N, out]. */
  public Value linear(Value x, Value weight, Value bias) {
    return graph.apply(new Linear(), x, weight, bias);
  }

  /** Returns the convolution of [N, C, H, W] with [O, C / groups, kH, kW]. */
  public Value conv2d(Conv2d conv, Value x, Value weight) {
    return graph.apply(conv, x, weight);
  }

  /** Returns the convolution of [N, C, H, W] with [O, C / groups, kH, kW], plus a bias [O]. */
  public Value conv2d(Conv2d conv, Value x, Value weight, Value bias) {
    return graph.apply(conv, x, weight, bias);
  }

  /** Returns the pooled image [N, C, outH, outW]. */
  public Value pool2d(Pool2d pool, Value x) {
    return graph.apply(pool, x);
  }

  /** Returns the average of every image plane: [N, C, H, W] to [N, C]. */
  public Value globalAveragePool2d(Value x) {
    return mean(x, 2, 3);
  }

  /** Returns the layer-normalized {@code x} over as many last dimensions as the weight has. */
  public Value layerNorm(Value x, Value weight, Value bias, double epsilon) {
    return graph.apply(new LayerNorm(weight.shape().rank(), epsilon), x, weight, bias);
  }

  /** Returns the sum over some axes, or over all when none is named; the axes are removed. */
  public Value sum(Value x, Integer... axes) {
    return reduce(Reduce.Kind.SUM, x, axes);
  }

  /** Returns the mean over some axes, or over all when none is named; the axes are removed. */
  public Value mean(Value x, Integer... axes) {
    return reduce(Reduce.Kind.MEAN, x, axes);
  }

  private Value reduce(Reduce.Kind kind, Value x, Integer... axes) {
    List<Integer> over =
        axes.length > 0
            ? Arrays.asList(axes)
            : IntStream.range(0, x.shape().rank()).boxed().toList();
    return graph.apply(new Reduce(kind, over, false), x);
  }

  /** Returns probabilities along an axis. */
  public Value softmax(Value x, int axis) {
    return graph.apply(new Softmax(axis), x);
  }

  /** Returns logarithms of probabilities along an axis. */
  public Value logSoftmax(Value x, int axis) {
    return graph.apply(new LogSoftmax(axis), x);
  }

  /** Returns the mean cross-entropy of logits [N, C] against labels [N]. */
  public Value crossEntropy(Value logits, Value target) {
    return graph.apply(new CrossEntropy(0), logits, target);
  }

  /** Returns {@code mean((x - target)^2)}. */
  public Value meanSquaredError(Value x, Value target) {
    return mean(unary(Unary.SQUARE, difference("mean squared error", x, target)));
  }

  /** Returns {@code sum((x - target)^2) / 2}. */
  public Value halfSquaredError(Value x, Value target) {
    return affine(sum(unary(Unary.SQUARE, difference("half squared error", x, target))), 0.5, 0);
  }

  /** Returns {@code mean(|x - target|)}. */
  public Value meanAbsoluteError(Value x, Value target) {
    return mean(unary(Unary.ABS, difference("mean absolute error", x, target)));
  }

  /**
   * Returns the mean Huber loss (Huber 1964): {@code d^2 / 2} where {@code |d| <= delta}, else
   * {@code delta (|d| - delta / 2)}, with {@code d = x - target}.
   */
  public Value huber(Value x, Value target, double delta) {
    Value difference = difference("Huber loss", x, target);
    Value clamped = clamp(difference, -delta, delta);
    // c (d - c / 2) with c = clamp(d): the quadratic inside, the line outside.
    return mean(mul(clamped, sub(difference, affine(clamped, 0.5, 0))));
  }

  /**
   * Returns the mean binary cross-entropy of logits against targets in [0, 1], computed without
   * overflow as {@code softplus(x) - x target}.
   */
  public Value binaryCrossEntropyWithLogits(Value logits, Value target) {
    requireOneShape("binary cross-entropy", logits, target);
    return mean(sub(unary(Unary.SOFTPLUS, logits), mul(logits, target)));
  }

  private Value difference(String loss, Value x, Value target) {
    requireOneShape(loss, x, target);
    return sub(x, target);
  }

  /** Broadcasting [N] against [N, 1] would compare every row with every other. */
  private void requireOneShape(String loss, Value x, Value target) {
    if (!x.shape().equals(target.shape())) {
      throw new ShapeException(
          "%s%s: predictions and target must have one shape, but are %s and %s; reshape one of them"
              .formatted(
                  graph.scope().isEmpty() ? "" : graph.scope() + ": ",
                  loss,
                  x.type(),
                  target.type()));
    }
  }

  /** Returns one row of {@code weight} [rows, features] for every index. */
  public Value embedding(Value indices, Value weight) {
    return graph.apply(new Embedding(), indices, weight);
  }

  /** Returns {@code x} with elements dropped at random; see {@link Dropout}. */
  public Value dropout(Dropout dropout, Value x, Value counter) {
    return graph.apply(dropout, x, counter);
  }

  /** Returns the same elements with another shape. */
  public Value reshape(Value x, int... dims) {
    return graph.apply(new Reshape(Shape.of(dims)), x);
  }

  /** Returns [N, ...] as [N, everything else]. */
  public Value flatten(Value x) {
    int rest = Math.toIntExact(x.shape().elements(1, x.shape().rank()));
    return reshape(x, x.shape().dim(0), rest);
  }

  /** Returns {@code x} with its axes reordered. */
  public Value transpose(Value x, Integer... permutation) {
    return graph.apply(new Transpose(Arrays.asList(permutation)), x);
  }

  /** Returns tensors joined along an axis. */
  public Value concat(int axis, Value... values) {
    return graph.apply(new Concat(axis), values);
  }

  /** Returns the indices from {@code start} to before {@code end} along an axis. */
  public Value slice(Value x, int axis, int start, int end) {
    return graph.apply(new Slice(axis, start, end), x);
  }
}
