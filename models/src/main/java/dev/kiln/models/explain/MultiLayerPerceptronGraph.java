package dev.kiln.models.explain;

import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Pack;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * One training step of a perceptron with a hidden layer, written op by op: forward, loss, backward
 * by {@link Autodiff}, and an update by gradient descent. Every value a learner may want to see is
 * an output of the graph.
 *
 * <p>Layers and a trainer write the same in a few lines; here nothing is hidden.
 */
final class MultiLayerPerceptronGraph {

  /** The variable that holds all parameters, one after the other. */
  static final String PARAMETERS = "parameters";

  /** Parameters begin at multiples of this, so that each is aligned in memory. */
  private static final long ALIGNMENT = 16;

  final Value x;
  final Value y;
  final Value rate;
  final Value step;
  final Value hiddenInput;
  final Value hidden;
  final Value output;
  final Value error;
  final Value loss;

  /** The gradients of hidden weight, hidden bias, output weight and output bias. */
  final List<Value> gradients;

  final Value outputSlope;
  final Value outputDelta;
  final Value hiddenError;
  final Value hiddenSlope;
  final Value hiddenDelta;

  private final GraphBuilder builder = new GraphBuilder();
  private final List<Shape> shapes;
  private final List<Long> offsets = new ArrayList<>();
  private final int length;

  /**
   * Writes the graph.
   *
   * @param samples the shape of X, [samples, features]
   * @param units the hidden units
   */
  MultiLayerPerceptronGraph(Shape samples, int units) {
    int rows = samples.dim(0);
    shapes =
        List.of(Shape.of(samples.dim(1), units), Shape.of(units), Shape.of(units, 1), Shape.of(1));
    long end = 0;
    for (Shape shape : shapes) {
      offsets.add(end);
      end += (shape.elements() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    length = Math.toIntExact(end);

    Ops ops = builder.ops();
    x = builder.input("X", TensorType.of(DType.F64, samples));
    y = builder.input("y", TensorType.of(DType.F64, rows, 1));
    rate = builder.input("rate", TensorType.of(DType.F64));
    step = builder.input("step", TensorType.of(DType.I64));
    Value flat = builder.variable(PARAMETERS, TensorType.of(DType.F64, length));
    List<Value> parameters = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      parameters.add(builder.apply(new View(offsets.get(i), shapes.get(i)), flat));
    }

    // [samples,features] · [features,units] -> [samples,units]
    hiddenInput = ops.add(ops.matmul(x, parameters.get(0)), parameters.get(1));
    hidden = ops.sigmoid(hiddenInput);
    // [samples,units] · [units,1] -> [samples,1]
    Value outputInput = ops.add(ops.matmul(hidden, parameters.get(2)), parameters.get(3));
    output = ops.sigmoid(outputInput);
    error = ops.sub(y, output);
    loss = ops.halfSquaredError(output, y);

    List<Value> sources = new ArrayList<>(parameters);
    sources.addAll(List.of(outputInput, hidden, hiddenInput));
    List<Value> all = Autodiff.gradients(builder, loss, sources);
    gradients = all.subList(0, parameters.size());
    outputDelta = negated(all.get(4));
    hiddenError = negated(all.get(5));
    hiddenDelta = negated(all.get(6));
    outputSlope = slope(output);
    hiddenSlope = slope(hidden);

    Value gradient = builder.add(new Pack(offsets, length), gradients).getFirst();
    OptimizerStep descent = new OptimizerStep(new OptimizerRule.Sgd(0, 0, false));
    builder.update(flat, builder.apply(descent, flat, gradient, rate, step));
  }

  private Value negated(Value value) {
    return builder.ops().unary(Unary.NEGATE, value);
  }

  /** The derivative of the sigmoid, given its result. */
  private Value slope(Value sigmoid) {
    Value one = builder.ops().fill(DType.F64, sigmoid.shape(), 1);
    return builder.apply(new Unary.Grad(Unary.SIGMOID), sigmoid, one);
  }

  /** Returns the graph. */
  Graph graph() {
    List<Value> outputs =
        new ArrayList<>(
            List.of(
                hiddenInput,
                hidden,
                output,
                error,
                loss,
                outputSlope,
                outputDelta,
                hiddenError,
                hiddenSlope,
                hiddenDelta));
    outputs.addAll(gradients);
    return builder.build(outputs);
  }

  /** Returns the parameters' values laid into one flat tensor. */
  Tensor flat(List<Tensor> values) {
    Tensor flat = Tensor.allocate(TensorType.of(DType.F64, length));
    for (int i = 0; i < values.size(); i++) {
      for (long k = 0; k < values.get(i).elements(); k++) {
        flat.set(offsets.get(i) + k, values.get(i).get(k));
      }
    }
    return flat;
  }

  /** Returns one parameter's values out of the flat tensor. */
  Tensor part(Tensor flat, int index) {
    Tensor part = Tensor.allocate(TensorType.of(DType.F64, shapes.get(index)));
    for (long k = 0; k < part.elements(); k++) {
      part.set(k, flat.get(offsets.get(index) + k));
    }
    return part;
  }
}
