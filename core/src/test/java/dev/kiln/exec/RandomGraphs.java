package dev.kiln.exec;

import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Affine;
import dev.kiln.op.Binary;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Concat;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Reduce;
import dev.kiln.op.Reshape;
import dev.kiln.op.Softmax;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Draws graphs of operations that share memory in every way there is: elementwise ones that may
 * overwrite an operand, reshapes and views, packed values, updates in place and by copy.
 */
final class RandomGraphs {

  private static final int ELEMENTS = 24;

  private final Random random;
  private final GraphBuilder graph = new GraphBuilder();
  private final List<Value> values = new ArrayList<>();

  private RandomGraphs(long seed) {
    this.random = new Random(seed);
  }

  /** Returns a graph of about so many nodes. */
  static Graph draw(long seed, int nodes) {
    return new RandomGraphs(seed).build(nodes);
  }

  private Graph build(int nodes) {
    Value input = graph.input("input", TensorType.of(DType.F32, 4, 6));
    Value parameters = graph.variable("parameters", TensorType.of(DType.F32, 2 * ELEMENTS));
    Value statistic = graph.variable("statistic", TensorType.of(DType.F32, 4, 6));
    Value history = graph.variable("history", TensorType.of(DType.F32, ELEMENTS));
    values.add(input);
    values.add(statistic);
    values.add(graph.apply(new View(0, Shape.of(4, 6)), parameters));
    values.add(graph.apply(new View(ELEMENTS, Shape.of(ELEMENTS)), parameters));
    for (int i = 0; i < nodes; i++) {
      values.add(next());
    }
    List<Value> outputs = new ArrayList<>(List.of(copyOf(pick())));
    for (Value value : values) {
      if (random.nextInt(6) == 0) {
        outputs.add(copyOf(value));
      }
    }
    outputs.add(flat(graph.apply(Unary.RELU, shaped(values.getLast()))));
    // Everything that may read a variable comes before the first update.
    Value gradients =
        graph.apply(
            new Pack(List.of(0L, (long) ELEMENTS), 2 * ELEMENTS), flat(pick()), flat(pick()));
    Value factor = copyOf(shaped(pick()));
    graph.update(history, flat(graph.apply(Unary.TANH, pick())));
    graph.update(statistic, graph.apply(Binary.MUL, statistic, factor));
    updateParameters(parameters, gradients);
    return graph.build(outputs);
  }

  private void updateParameters(Value parameters, Value gradients) {
    Value rate = graph.input("rate", TensorType.of(DType.F32));
    Value step = graph.input("step", TensorType.of(DType.I64));
    Value velocity = graph.variable("velocity", parameters.type());
    List<Value> updated =
        graph.add(
            new OptimizerStep(new OptimizerRule.Sgd(0.9, 0, false)),
            List.of(parameters, gradients, rate, step, velocity));
    graph.update(parameters, updated.get(0));
    graph.update(velocity, updated.get(1));
  }

  private Value next() {
    Value x = pick();
    return switch (random.nextInt(14)) {
      case 0 -> graph.apply(Unary.RELU, x);
      case 1 -> graph.apply(new Affine(2, random.nextInt(5)), x);
      case 2 -> graph.apply(Binary.ADD, shaped(x), shaped(pick()));
      case 3 -> graph.apply(Binary.MUL, shaped(x), shaped(x));
      case 4 -> graph.apply(new Unary.Grad(Unary.TANH), shaped(pick()), shaped(x));
      case 5 -> flat(x);
      case 6 -> shaped(x);
      case 7 -> graph.apply(new Softmax(0), x);
      case 8 -> broadcastSum(shaped(x));
      case 9 -> graph.apply(new View(0, Shape.of(4, 6)), packed(flat(x), flat(pick())));
      case 10 -> joined(shaped(x), shaped(pick()));
      case 11 -> graph.apply(new View(3, Shape.of(ELEMENTS)), packedAndOverwritten(x));
      case 12 -> sharedWithItself(x);
      default -> halvesPacked(x);
    };
  }

  private Value packed(Value first, Value second) {
    return graph.apply(new Pack(List.of(3L, 3L + ELEMENTS), 64), first, second);
  }

  private Value broadcastSum(Value x) {
    Value sum = graph.apply(new Reduce(Reduce.Kind.SUM, List.of(0), true), x);
    return graph.apply(new Broadcast(Shape.of(4, 6)), sum);
  }

  private Value joined(Value a, Value b) {
    Value both = graph.apply(new Reshape(Shape.of(2, ELEMENTS)), graph.apply(new Concat(0), a, b));
    return graph.apply(new Reduce(Reduce.Kind.MEAN, List.of(0), false), both);
  }

  /** The packed tensor dies in an elementwise operation, while what was packed may live on. */
  private Value packedAndOverwritten(Value x) {
    Value computed = graph.apply(Unary.EXP, x);
    values.add(computed);
    return graph.apply(Unary.RELU, packed(flat(computed), flat(pick())));
  }

  /** Two operands that are different parts of one memory. */
  private Value sharedWithItself(Value x) {
    Value whole = flat(graph.apply(Unary.SQUARE, x));
    return graph.apply(Binary.ADD, whole, graph.apply(new View(5, Shape.of(1)), whole));
  }

  /** Parts of larger values, which cannot lie inside the packed tensor as a whole. */
  private Value halvesPacked(Value x) {
    int half = ELEMENTS / 2;
    Value a = graph.apply(new View(3, Shape.of(half)), flat(graph.apply(Unary.EXP, x)));
    Value b = graph.apply(new View(0, Shape.of(half)), flat(graph.apply(Unary.SQUARE, pick())));
    return graph.apply(new Pack(List.of(0L, (long) half), ELEMENTS), a, b);
  }

  private Value pick() {
    return values.get(random.nextInt(values.size()));
  }

  /** A value of its own, so that an output is no variable that is updated later. */
  private Value copyOf(Value value) {
    return graph.apply(new Softmax(0), value);
  }

  private Value flat(Value x) {
    return x.shape().rank() == 1 ? x : graph.apply(new Reshape(Shape.of(ELEMENTS)), x);
  }

  private Value shaped(Value x) {
    return x.shape().rank() == 2 ? x : graph.apply(new Reshape(Shape.of(4, 6)), x);
  }
}
