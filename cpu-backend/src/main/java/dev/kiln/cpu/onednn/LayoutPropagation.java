package dev.kiln.cpu.onednn;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.Value;
import dev.kiln.tensor.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Gives every value the placement that its operations like, and adds the reorders where they
 * disagree. Images stay in one placement from the first convolution to the last pooling.
 */
final class LayoutPropagation {

  private final Graph graph;
  private final PreferredLayouts preferred;
  private final Set<Value> visible = new HashSet<>();
  private final List<Node> nodes = new ArrayList<>();

  private final Map<Value, Places> places = new IdentityHashMap<>();

  /**
   * A value of the graph in its placements.
   *
   * @param computed as its node computes it
   * @param all as it was computed and as it was reordered since
   */
  private record Places(Value computed, Map<Layout, Value> all) {}

  private LayoutPropagation(OneDnnEngine engine, OpenMpTeam team, Graph graph) {
    this.graph = graph;
    this.preferred = new PreferredLayouts(engine, team, graph);
    visible.addAll(graph.outputs());
    graph.updates().forEach(update -> visible.add(update.next()));
  }

  /** Returns the graph with private placements and reorders. */
  static Graph apply(OneDnnEngine engine, OpenMpTeam team, Graph graph) {
    return new LayoutPropagation(engine, team, graph).run();
  }

  private Graph run() {
    graph.inputs().forEach(value -> define(value, value));
    graph.variables().forEach(value -> define(value, value));
    graph.nodes().forEach(this::place);
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  private void place(Node node) {
    List<Layout> current =
        node.inputs().stream().map(value -> places(value).computed.type().layout()).toList();
    PreferredLayouts.Choice choice = preferred.of(node, current);
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(reordered(node.inputs().get(i), choice.inputs().get(i)));
    }
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      outputs.add(withLayout(node.outputs().get(i), choice.outputs().get(i)));
    }
    nodes.add(new Node(node.name(), node.spec(), inputs, outputs));
    for (int i = 0; i < outputs.size(); i++) {
      Value value = node.outputs().get(i);
      define(value, outputs.get(i));
      if (visible.contains(value)) {
        reordered(value, Layout.ROW_MAJOR);
      }
    }
  }

  private void define(Value value, Value place) {
    places.put(value, new Places(place, new HashMap<>(Map.of(place.type().layout(), place))));
  }

  private Places places(Value value) {
    return Objects.requireNonNull(places.get(value), value::name);
  }

  /** A value of the graph in a placement, reordered if it is not there yet. */
  private Value reordered(Value value, Layout layout) {
    Places known = places(value);
    return known.all.computeIfAbsent(
        layout,
        _ -> {
          Value result = withLayout(value, layout);
          nodes.add(
              new Node(
                  value.name() + ".reorder",
                  new Reorder(layout),
                  List.of(known.computed),
                  List.of(result)));
          return result;
        });
  }

  /** The graph's own value where it is row-major, so that outsiders find it. */
  private static Value withLayout(Value value, Layout layout) {
    return layout.equals(Layout.ROW_MAJOR)
        ? value
        : new Value(value.name(), value.type().withLayout(layout));
  }
}
