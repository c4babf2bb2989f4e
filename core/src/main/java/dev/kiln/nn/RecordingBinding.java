package dev.kiln.nn;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Notes what the layers of a network ask for while it is written for the first time. */
final class RecordingBinding implements Scope.Binding {

  final ParameterTable parameters = new ParameterTable();
  final Map<String, Statistic> statistics = new LinkedHashMap<>();
  final List<LayerVisit> layers = new ArrayList<>();

  private final GraphBuilder graph;
  private final DType dtype;
  private final Value counter;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private int streams;

  RecordingBinding(GraphBuilder graph, DType dtype) {
    this.graph = graph;
    this.dtype = dtype;
    this.counter = graph.input("counter", TensorType.of(DType.I64, 2));
  }

  @Override
  public Value parameter(String name, Shape shape, Initializer initializer) {
    return value(parameters.add(name, shape, initializer), shape);
  }

  @Override
  public Value group(String scope, ParameterGroup group) {
    String name = parameters.add(scope, group);
    return value(name, parameters.blockShape(name));
  }

  @Override
  public Value statistic(String name, Shape shape, double initial) {
    Statistic known = statistics.putIfAbsent(name, new Statistic(name, shape, initial));
    if (known != null) {
      ParameterTable.checkShape(name, known.shape(), shape);
    }
    return value(name, shape);
  }

  private Value value(String name, Shape shape) {
    return values.computeIfAbsent(name, key -> graph.variable(key, TensorType.of(dtype, shape)));
  }

  @Override
  public Value counter() {
    return counter;
  }

  @Override
  public int nextStream() {
    return streams++;
  }

  @Override
  public void visited(LayerVisit visit) {
    layers.add(visit);
  }
}
