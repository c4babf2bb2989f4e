package dev.kiln.bench.micro;

import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Dropout;
import dev.kiln.op.OptimizerStep;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Optimizer;
import java.util.ArrayList;
import java.util.List;

/** What is measured, in the sizes of the workloads: the second convolution of LeNet and so on. */
public enum Operation {
  /** [512, 512] by [512, 512]. */
  MATMUL {
    @Override
    List<Value> write(GraphBuilder graph) {
      Value a = graph.input("a", TensorType.of(DType.F32, 512, 512));
      Value b = graph.input("b", TensorType.of(DType.F32, 512, 512));
      return List.of(graph.ops().matmul(a, b));
    }
  },
  /** 50 filters of 5x5 over [64, 20, 12, 12]. */
  CONV2D {
    @Override
    List<Value> write(GraphBuilder graph) {
      return graph.add(Conv2d.PLAIN, List.of(images(graph), filters(graph)));
    }
  },
  /** Its gradient for the images. */
  CONV2D_INPUT_GRAD {
    @Override
    List<Value> write(GraphBuilder graph) {
      return graph.add(
          new Conv2d.InputGrad(Conv2d.PLAIN, IMAGES), List.of(maps(graph), filters(graph)));
    }
  },
  /** Its gradient for the filters. */
  CONV2D_WEIGHT_GRAD {
    @Override
    List<Value> write(GraphBuilder graph) {
      return graph.add(
          new Conv2d.WeightGrad(Conv2d.PLAIN, FILTERS, false), List.of(images(graph), maps(graph)));
    }
  },
  /** 128 plain cells over [64, 28, 28]. */
  RNN {
    @Override
    List<Value> write(GraphBuilder graph) {
      return recurrent(graph, RecurrentCell.RNN_TANH);
    }
  },
  /** 128 gated recurrent units over [64, 28, 28]. */
  GRU {
    @Override
    List<Value> write(GraphBuilder graph) {
      return recurrent(graph, RecurrentCell.GRU);
    }
  },
  /** 128 units of long short-term memory over [64, 28, 28]. */
  LSTM {
    @Override
    List<Value> write(GraphBuilder graph) {
      return recurrent(graph, RecurrentCell.LSTM);
    }
  },
  /** The same forward and backward. */
  LSTM_AND_GRADIENT {
    @Override
    List<Value> write(GraphBuilder graph) {
      List<Value> outputs = recurrent(graph, RecurrentCell.LSTM);
      Value loss = graph.ops().sum(outputs.getFirst(), 0, 1, 2);
      return Autodiff.gradients(graph, loss, List.of(graph.variables().getFirst()));
    }
  },
  /** {@code relu(tanh(a b + a))} over [256, 4096]. */
  ELEMENTWISE_CHAIN {
    @Override
    List<Value> write(GraphBuilder graph) {
      Value a = graph.input("a", TensorType.of(DType.F32, 256, 4096));
      Value b = graph.input("b", TensorType.of(DType.F32, 256, 4096));
      Ops ops = graph.ops();
      return List.of(ops.relu(ops.tanh(ops.add(ops.mul(a, b), a))));
    }
  },
  /** Adam over 431,080 parameters. */
  ADAM {
    @Override
    List<Value> write(GraphBuilder graph) {
      TensorType flat = TensorType.of(DType.F32, PARAMETERS);
      Value gradients = graph.input("gradients", flat);
      Value rate = graph.input("rate", TensorType.of(DType.F32));
      Value step = graph.input("step", TensorType.of(DType.I64));
      List<Value> held =
          List.of(
              graph.variable("parameters", flat),
              graph.variable("mean", flat),
              graph.variable("square", flat));
      List<Value> operands = new ArrayList<>(List.of(held.getFirst(), gradients, rate, step));
      operands.addAll(held.subList(1, held.size()));
      List<Value> next = graph.add(new OptimizerStep(Optimizer.adam(0.001).rule()), operands);
      for (int i = 0; i < held.size(); i++) {
        graph.update(held.get(i), next.get(i));
      }
      return List.of();
    }
  };

  private static final Shape IMAGES = Shape.of(64, 20, 12, 12);
  private static final Shape FILTERS = Shape.of(50, 20, 5, 5);
  private static final Shape MAPS = Shape.of(64, 50, 8, 8);
  private static final int PARAMETERS = 431_080;
  private static final int BATCH = 64;
  private static final int STEPS = 28;
  private static final int HIDDEN = 128;

  /** Writes the operation, and returns its results. */
  abstract List<Value> write(GraphBuilder graph);

  private static Value images(GraphBuilder graph) {
    return graph.input("x", TensorType.of(DType.F32, IMAGES));
  }

  private static Value filters(GraphBuilder graph) {
    return graph.input("weight", TensorType.of(DType.F32, FILTERS));
  }

  private static Value maps(GraphBuilder graph) {
    return graph.input("dy", TensorType.of(DType.F32, MAPS));
  }

  private static List<Value> recurrent(GraphBuilder graph, RecurrentCell cell) {
    Recurrent spec = new Recurrent(cell, HIDDEN, 1, false, false, new Dropout(0, 0));
    int weights = Math.toIntExact(spec.weights(STEPS).length());
    List<Value> operands = new ArrayList<>();
    operands.add(graph.input("x", TensorType.of(DType.F32, BATCH, STEPS, STEPS)));
    operands.add(graph.variable("weights", TensorType.of(DType.F32, weights)));
    operands.add(graph.input("h0", TensorType.of(DType.F32, 1, BATCH, HIDDEN)));
    if (cell.hasMemory()) {
      operands.add(graph.input("c0", TensorType.of(DType.F32, 1, BATCH, HIDDEN)));
    }
    return graph.add(spec, operands).subList(0, 1);
  }
}
