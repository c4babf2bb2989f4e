package dev.kiln.nn;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hands out views into the flat tensor while a network is written again. */
final class ViewBinding implements Scope.Binding {

  private final GraphBuilder graph;
  private final Value flat;
  private final Value counter;
  private final Map<String, Value> views = new LinkedHashMap<>();
  private final Map<String, Value> statistics = new LinkedHashMap<>();
  private int streams;

  ViewBinding(GraphBuilder graph, ParameterTable parameters, Value flat, Value counter) {
    this.graph = graph;
    this.flat = flat;
    this.counter = counter;
    parameters.blocks().forEach((name, block) -> views.put(name, view(name, block)));
  }

  private Value view(String name, ParameterBlock block) {
    return graph.within(name, () -> graph.apply(new View(block.offset(), block.shape()), flat));
  }

  /** Returns the view of each block, in the order of the flat tensor. */
  List<Value> views() {
    return List.copyOf(views.values());
  }

  @Override
  public Value parameter(String name, Shape shape, Initializer initializer) {
    return find(name, shape);
  }

  @Override
  public Value group(String scope, ParameterGroup group) {
    return find(
        ParameterTable.blockName(scope, group), Shape.of(Math.toIntExact(group.elements())));
  }

  private Value find(String name, Shape shape) {
    Value view = views.get(name);
    if (view == null) {
      throw new IllegalStateException(
          "the network asks for parameter %s, which it did not ask for when it was first written"
              .formatted(name));
    }
    ParameterTable.checkShape(name, view.shape(), shape);
    return view;
  }

  @Override
  public Value statistic(String name, Shape shape, double initial) {
    TensorType type = flat.type().withShape(shape);
    return statistics.computeIfAbsent(name, key -> graph.variable(key, type));
  }

  @Override
  public Value counter() {
    return counter;
  }

  @Override
  public int nextStream() {
    return streams++;
  }

  /** Shapes were noted when the network was first written. */
  @Override
  public void visited(LayerVisit visit) {}
}
