package dev.kiln.graph;

import dev.kiln.op.Pack;
import dev.kiln.op.Reorder;
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
import org.jspecify.annotations.Nullable;

/**
 * Gives every value the placement that its operations like, and adds the reorders where they
 * disagree. Images stay in one placement from the first convolution to the last pooling.
 */
public final class LayoutPropagation {

  private final Graph graph;
  private final LayoutPreferences preferences;
  private final Set<Value> visible = new HashSet<>();

  /** For every node of the graph what it became, followed by what was done for its sake. */
  private final List<List<Node>> nodes = new ArrayList<>();

  private final Map<Value, Places> places = new IdentityHashMap<>();

  /**
   * A value of the graph in its placements.
   *
   * @param computed as its node computes it
   * @param all as it was computed and as it was reordered since
   * @param node what computes it
   * @param behind where that stands
   */
  private record Places(
      Value computed, Map<Layout, Value> all, @Nullable Node node, List<Node> behind) {}

  private LayoutPropagation(Graph graph, LayoutPreferences preferences) {
    this.graph = graph;
    this.preferences = preferences;
    visible.addAll(graph.outputs());
    graph.updates().forEach(update -> visible.add(update.next()));
  }

  /** Returns the graph with private placements and reorders. */
  public static Graph apply(Graph graph, LayoutPreferences preferences) {
    return new LayoutPropagation(graph, preferences).run();
  }

  private Graph run() {
    graph.inputs().forEach(value -> define(value, value, null));
    graph.variables().forEach(value -> define(value, value, null));
    graph.nodes().forEach(this::place);
    List<Node> placed = nodes.stream().flatMap(List::stream).toList();
    return new Graph(graph.inputs(), graph.variables(), placed, graph.outputs(), graph.updates())
        .pruned();
  }

  private void place(Node node) {
    List<Layout> current =
        node.inputs().stream().map(value -> places(value).computed.type().layout()).toList();
    LayoutPreferences.Choice choice = preferences.of(node, current);
    nodes.add(new ArrayList<>());
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      Value input = node.inputs().get(i);
      // What is packed waits for that long enough: nothing needs it as it was computed.
      List<Node> where = node.spec() instanceof Pack ? places(input).behind : nodes.getLast();
      inputs.add(in(choice.inputs().get(i), input, where));
    }
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      outputs.add(withLayout(node.outputs().get(i), choice.outputs().get(i)));
    }
    Node placed = new Node(node.name(), node.spec(), inputs, outputs);
    nodes.getLast().add(placed);
    for (int i = 0; i < outputs.size(); i++) {
      Value value = node.outputs().get(i);
      define(value, outputs.get(i), placed);
      if (visible.contains(value)) {
        in(Layout.ROW_MAJOR, value, nodes.getLast());
      }
    }
  }

  private void define(Value value, Value place, @Nullable Node node) {
    Map<Layout, Value> all = new HashMap<>(Map.of(place.type().layout(), place));
    places.put(value, new Places(place, all, node, nodes.isEmpty() ? List.of() : nodes.getLast()));
  }

  private Places places(Value value) {
    return Objects.requireNonNull(places.get(value), value::name);
  }

  /** A value of the graph in a placement; reordered among some nodes if it is not there yet. */
  private Value in(Layout layout, Value value, List<Node> where) {
    Places known = places(value);
    return known.all.computeIfAbsent(
        layout,
        _ -> {
          Value result = withLayout(value, layout);
          Node node = known.node;
          if (node != null && preferences.writesAnyLayout(node.spec())) {
            // Right behind its twin, which falls away unless somebody reads it: no operand of it
            // lives longer.
            known.behind.add(new Node(node.name(), node.spec(), node.inputs(), List.of(result)));
          } else {
            where.add(
                new Node(
                    value.name() + ".reorder",
                    new Reorder(layout),
                    List.of(known.computed),
                    List.of(result)));
          }
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
