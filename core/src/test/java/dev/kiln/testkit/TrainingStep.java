package dev.kiln.testkit;

import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Dropout;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Size2d;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training step of a small residual network with everything a plan must get right: convolutions,
 * batch normalization, pooling, dropout, a value used twice, packed gradients and an optimizer.
 *
 * @param graph the graph
 * @param loss the mean cross-entropy, a scalar
 * @param step the number of the update, an I64 scalar
 * @param given a value for every input and variable
 */
public record TrainingStep(Graph graph, Value loss, Value step, Map<Value, Tensor> given) {

  private static final int BATCH = 3;
  private static final int SIDE = 9;
  private static final int CLASSES = 10;

  /** Returns the step of an F32 network with an optimizer. */
  public static TrainingStep of(OptimizerRule rule) {
    return new Builder().build(rule);
  }

  /** A parameter inside the flat tensor of all. */
  private record Part(Value value, long offset) {}

  private static final class Builder {

    private final GraphBuilder graph = new GraphBuilder();
    private final Ops ops = graph.ops();
    private final Map<Value, Tensor> given = new IdentityHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final Value flat = variable("parameters", 0.3, 1_500);
    private long used;

    TrainingStep build(OptimizerRule rule) {
      Value x = input("x", 1, BATCH, 1, SIDE, SIDE);
      Value target = graph.input("target", TensorType.of(DType.I64, BATCH));
      given.put(target, Tensor.of(Shape.of(BATCH), 3L, 0L, 9L));
      Value counter = graph.input("counter", TensorType.of(DType.I64, 2));
      given.put(counter, Tensor.of(Shape.of(2), 42L, 1L));
      Value logits = network(x, counter);
      Value loss = ops.crossEntropy(logits, target);
      Value step = graph.input("step", TensorType.of(DType.I64));
      given.put(step, Tensor.of(Shape.SCALAR, 1L));
      update(rule, loss, step);
      return new TrainingStep(graph.build(loss, logits), loss, step, given);
    }

    private Value network(Value x, Value counter) {
      Conv2d same = Conv2d.PLAIN.withPadding(Size2d.square(1));
      Value stem = normalized("stem", ops.conv2d(same, x, part(4, 1, 3, 3)));
      Value hidden = ops.relu(stem);
      Value residual = ops.relu(ops.conv2d(same, hidden, part(4, 4, 3, 3), part(4)));
      Value sum = ops.add(ops.conv2d(same, residual, part(4, 4, 3, 3), part(4)), hidden);
      Value pooled = ops.pool2d(pool(Pool2d.Kind.MAX), ops.tanh(sum));
      Value strided = ops.conv2d(Conv2d.PLAIN, pooled, part(8, 4, 3, 3));
      Value averaged =
          ops.pool2d(pool(Pool2d.Kind.AVERAGE_EXCLUDING_PADDING), normalized("second", strided));
      Value flattened = ops.flatten(averaged);
      Value dropped = ops.dropout(new Dropout(0.25, 0), flattened, counter);
      int features = dropped.shape().dim(1);
      Value first = ops.relu(ops.linear(dropped, part(13, features), part(13)));
      return ops.linear(first, part(CLASSES, 13), part(CLASSES));
    }

    private static Pool2d pool(Pool2d.Kind kind) {
      return new Pool2d(kind, Size2d.square(2), Size2d.square(2), Size2d.square(0));
    }

    private Value normalized(String name, Value x) {
      int channels = x.shape().dim(1);
      Value mean = variable(name + ".running_mean", 0.1, channels);
      Value variance = graph.variable(name + ".running_var", TensorType.of(DType.F32, channels));
      Tensor ones = Tensor.allocate(variance.type());
      for (int i = 0; i < channels; i++) {
        ones.set(i, 1);
      }
      given.put(variance, ones);
      List<Value> outputs =
          graph.add(
              new BatchNorm(0.1, 1e-5), List.of(x, part(channels), part(channels), mean, variance));
      graph.update(mean, outputs.get(3));
      graph.update(variance, outputs.get(4));
      return outputs.getFirst();
    }

    private Value part(int... dims) {
      Value value = graph.apply(new View(used, Shape.of(dims)), flat);
      parts.add(new Part(value, used));
      // As a network does it: every parameter begins at a multiple of 64 bytes.
      used = (used + value.shape().elements() + 15) / 16 * 16;
      return value;
    }

    private void update(OptimizerRule rule, Value loss, Value step) {
      List<Value> gradients =
          Autodiff.gradients(graph, loss, parts.stream().map(Part::value).toList());
      List<Long> offsets = parts.stream().map(Part::offset).toList();
      Value packed = graph.add(new Pack(offsets, flat.shape().elements()), gradients).getFirst();
      Value rate = graph.input("rate", TensorType.of(DType.F32));
      given.put(rate, Tensor.of(Shape.SCALAR, 0.05f));
      List<Value> operands = new ArrayList<>(List.of(flat, packed, rate, step));
      List<Value> held = new ArrayList<>(List.of(flat));
      for (OptimizerRule.Slot slot : rule.slots()) {
        Value variable = variable(slot.name(), 0, slot.perParameter() ? flat.shape().dim(0) : 1);
        operands.add(variable);
        held.add(variable);
      }
      List<Value> next = graph.add(new OptimizerStep(rule), operands);
      for (int i = 0; i < held.size(); i++) {
        graph.update(held.get(i), next.get(i));
      }
    }

    private Value input(String name, double scale, int... dims) {
      Value value = graph.input(name, TensorType.of(DType.F32, dims));
      given.put(value, normal(name, scale, value.type()));
      return value;
    }

    private Value variable(String name, double scale, int... dims) {
      Value value = graph.variable(name, TensorType.of(DType.F32, dims));
      given.put(value, normal(name, scale, value.type()));
      return value;
    }

    private static Tensor normal(String name, double scale, TensorType type) {
      double[] values = new double[Math.toIntExact(type.elements())];
      new Philox(name.hashCode(), 0, 0).fillNormal(values);
      Tensor tensor = Tensor.allocate(type);
      for (int i = 0; i < values.length; i++) {
        tensor.set(i, scale * values[i]);
      }
      return tensor;
    }
  }
}
