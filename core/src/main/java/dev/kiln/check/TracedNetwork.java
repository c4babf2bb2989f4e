package dev.kiln.check;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Dropout;
import dev.kiln.op.Fill;
import dev.kiln.op.Pack;
import dev.kiln.op.Pool2d;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.op.Size2d;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes the network of a trace into a graph. In an image network parameters are named by the
 * layer's position, such as {@code 3.weight}; in a recurrent one they are {@code rnn.weight_ih_l0}
 * and so on, and {@code out.weight}, {@code out.bias} of the layer behind.
 */
final class TracedNetwork {

  private final GraphBuilder graph;
  private final Ops ops;
  private final Function<String, Value> source;
  private final Map<String, Value> parameters = new LinkedHashMap<>();

  /**
   * Creates a writer.
   *
   * @param source gives a parameter by its name
   */
  TracedNetwork(GraphBuilder graph, Function<String, Value> source) {
    this.graph = graph;
    this.ops = graph.ops();
    this.source = source;
  }

  /** Returns the parameters the network uses, by name. */
  Map<String, Value> parameters() {
    return parameters;
  }

  /** Writes the network and returns its mean cross-entropy against labels of its leading shape. */
  Value loss(TracedModel model, Value x, Value target) {
    boolean recurrent = cell(model.layers().getFirst().name()).isPresent();
    Value y = x;
    for (int i = 0; i < model.layers().size(); i++) {
      TracedModel.Layer layer = model.layers().get(i);
      String place = recurrent ? i == 0 ? "rnn" : "out" : String.valueOf(i);
      Value input = y;
      y = graph.within(place, () -> apply(layer, place, input));
    }
    int classes = y.shape().dim(-1);
    int rows = Math.toIntExact(y.type().elements() / classes);
    return ops.crossEntropy(ops.reshape(y, rows, classes), ops.reshape(target, rows));
  }

  private Value apply(TracedModel.Layer layer, String place, Value x) {
    return switch (layer.name()) {
      case "conv" -> {
        Shape shape = Shape.of(layer.size(1), layer.size(0), layer.size(2), layer.size(2));
        Value weight = parameter(place + ".weight", shape);
        yield ops.conv2d(
            Conv2d.PLAIN, x, weight, parameter(place + ".bias", Shape.of(layer.size(1))));
      }
      case "linear" -> {
        Value weight = parameter(place + ".weight", Shape.of(layer.size(0), x.shape().dim(-1)));
        yield ops.linear(x, weight, parameter(place + ".bias", Shape.of(layer.size(0))));
      }
      case "maxpool" -> ops.pool2d(pool(Pool2d.Kind.MAX, layer), x);
      case "avgpool" -> ops.pool2d(pool(Pool2d.Kind.AVERAGE_INCLUDING_PADDING, layer), x);
      case "flatten" -> ops.flatten(x);
      case String name ->
          cell(name)
              .map(cell -> recurrent(cell, layer, place, x))
              .orElseGet(() -> activation(name, x));
    };
  }

  private static Pool2d pool(Pool2d.Kind kind, TracedModel.Layer layer) {
    Size2d window = Size2d.square(layer.size(0));
    return new Pool2d(kind, window, window, Size2d.square(0));
  }

  private Value activation(String name, Value x) {
    Unary function =
        Arrays.stream(Unary.values())
            .filter(known -> known.toString().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new UnknownOperationException("the model's layer '" + name + "' is not known"));
    return ops.unary(function, x);
  }

  private static Optional<RecurrentCell> cell(String name) {
    return switch (name) {
      case "rnn" -> Optional.of(RecurrentCell.RNN_TANH);
      case "lstm" -> Optional.of(RecurrentCell.LSTM);
      case "gru" -> Optional.of(RecurrentCell.GRU);
      default -> Optional.empty();
    };
  }

  /** A layer that starts from zeros; returns the states of all steps. */
  private Value recurrent(RecurrentCell cell, TracedModel.Layer layer, String place, Value x) {
    Recurrent spec = new Recurrent(cell, layer.size(1), 1, false, false, new Dropout(0, 0));
    RecurrentWeights layout = spec.weights(layer.size(0));
    List<Value> parts =
        layout.parts().stream()
            .map(part -> parameter(place + "." + part.name(), part.shape()))
            .toList();
    List<Long> offsets = layout.parts().stream().map(RecurrentWeights.Part::offset).toList();
    Value weights = graph.add(new Pack(offsets, layout.length()), parts).getFirst();
    Shape states = Shape.of(1, x.shape().dim(0), layer.size(1));
    Value zeros = graph.apply(new Fill(x.type().dtype(), states, 0));
    return cell.hasMemory()
        ? graph.apply(spec, x, weights, zeros, zeros)
        : graph.apply(spec, x, weights, zeros);
  }

  private Value parameter(String name, Shape expected) {
    Value value = parameters.computeIfAbsent(name, source);
    if (!value.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "the model's parameter %s must have the shape %s, not %s"
              .formatted(name, expected, value.shape()));
    }
    return value;
  }
}
