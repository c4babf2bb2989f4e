package dev.kiln.cuda;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.Cast;
import dev.kiln.op.Pack;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Casts neighbours in one go: parameters, which are views into one flat tensor, on their way into a
 * low type, and gradients on their way back into one. The view of a cast is the cast of a view, so
 * no number changes; a step starts one kernel where it would start one for every parameter.
 *
 * <p>Filters that are cast into another order are left alone, as is what was never low; parameters
 * are neighbours if little lies between them, gradients if nothing does.
 */
final class JointCasts {

  /** Elements that are cast needlessly sooner than another kernel is started. */
  private static final long MOST_BETWEEN = 1 << 14;

  private final Graph graph;
  private final Map<Value, Node> producers;
  private final Map<Value, Integer> reads = new IdentityHashMap<>();
  private final Set<Value> visible;

  /** What stands in the place of a node. */
  private final Map<Node, List<Node>> replaced = new IdentityHashMap<>();

  /** A cast of a parameter: {@code flat -> view -> cast}. */
  private record OfParameter(int place, Node cast, View view, Value flat) {

    long end() {
      return view.offset() + view.shape().elements();
    }

    boolean isNeighbourOf(OfParameter before) {
      return cast.spec().equals(before.cast.spec())
          && view.offset() >= before.end()
          && view.offset() - before.end() <= MOST_BETWEEN;
    }
  }

  private JointCasts(Graph graph) {
    this.graph = graph;
    this.producers = graph.producers();
    this.visible = new HashSet<>(graph.outputs());
    graph.updates().forEach(update -> visible.add(update.next()));
    graph.nodes().stream()
        .flatMap(node -> node.inputs().stream())
        .forEach(value -> reads.merge(value, 1, Integer::sum));
  }

  /** Returns the graph in which neighbours are cast together. */
  static Graph apply(Graph graph) {
    return new JointCasts(graph).run();
  }

  private Graph run() {
    joinParameters();
    graph.nodes().stream().filter(node -> node.spec() instanceof Pack).forEach(this::joinGradients);
    List<Node> nodes =
        graph.nodes().stream()
            .flatMap(node -> replaced.getOrDefault(node, List.of(node)).stream())
            .toList();
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  private void joinParameters() {
    Map<Value, List<OfParameter>> casts = new LinkedHashMap<>();
    for (int place = 0; place < graph.nodes().size(); place++) {
      OfParameter cast = ofParameter(place, graph.nodes().get(place));
      if (cast != null) {
        casts.computeIfAbsent(cast.flat, _ -> new ArrayList<>()).add(cast);
      }
    }
    casts.values().forEach(this::joinNeighbours);
  }

  private void joinNeighbours(List<OfParameter> casts) {
    casts.sort(Comparator.comparingLong(cast -> cast.view.offset()));
    int start = 0;
    for (int i = 1; i <= casts.size(); i++) {
      if (i == casts.size() || !casts.get(i).isNeighbourOf(casts.get(i - 1))) {
        if (i - start > 1) {
          joinParameters(casts.subList(start, i));
        }
        start = i;
      }
    }
  }

  private @Nullable OfParameter ofParameter(int place, Node node) {
    if (node.spec() instanceof Cast && keepsOrder(node)) {
      Node producer = producers.get(node.inputs().getFirst());
      if (producer != null && producer.spec() instanceof View view) {
        return new OfParameter(place, node, view, producer.inputs().getFirst());
      }
    }
    return null;
  }

  private static boolean keepsOrder(Node cast) {
    return cast.inputs().getFirst().type().isRowMajor()
        && cast.outputs().getFirst().type().isRowMajor();
  }

  /** One cast where the first of them stood, and a view of it in the place of each. */
  private void joinParameters(List<OfParameter> casts) {
    OfParameter first = casts.getFirst();
    long start = first.view.offset();
    View all = new View(start, Shape.of(Math.toIntExact(casts.getLast().end() - start)));
    String name = first.cast.name() + "...";
    Value flat = new Value(name, TensorType.of(first.flat.type().dtype(), all.shape()));
    DType low = first.cast.outputs().getFirst().type().dtype();
    Value joint = new Value(name, TensorType.of(low, all.shape()));
    int earliest = casts.stream().mapToInt(OfParameter::place).min().orElseThrow();
    for (OfParameter cast : casts) {
      View view = new View(cast.view.offset() - start, cast.view.shape());
      Node node = new Node(cast.cast.name(), view, List.of(joint), cast.cast.outputs());
      replaced.put(
          cast.cast,
          cast.place == earliest
              ? List.of(
                  new Node(name, all, List.of(first.flat), List.of(flat)),
                  new Node(name, first.cast.spec(), List.of(flat), List.of(joint)),
                  node)
              : List.of(node));
    }
  }

  /** Packs what would be cast before it is packed, and casts it then. */
  private void joinGradients(Node node) {
    List<Long> offsets = ((Pack) node.spec()).offsets();
    List<Node> before = new ArrayList<>();
    List<Value> inputs = new ArrayList<>();
    List<Long> starts = new ArrayList<>();
    int start = 0;
    while (start < offsets.size()) {
      int end = start + 1;
      while (end < offsets.size() && areCastAlike(node, end - 1, end)) {
        end++;
      }
      starts.add(offsets.get(start));
      inputs.add(
          end - start == 1
              ? node.inputs().get(start)
              : joined(node, offsets.subList(start, end), start, before));
      start = end;
    }
    if (!before.isEmpty()) {
      Pack pack = new Pack(starts, ((Pack) node.spec()).length());
      before.add(new Node(node.name(), pack, inputs, node.outputs()));
      replaced.put(node, before);
    }
  }

  private boolean areCastAlike(Node pack, int one, int other) {
    Node first = castOf(pack.inputs().get(one));
    Node second = castOf(pack.inputs().get(other));
    return first != null
        && second != null
        && first.inputs().getFirst().type().dtype() == second.inputs().getFirst().type().dtype();
  }

  /** The cast that makes a value which nothing but the packing reads. */
  private @Nullable Node castOf(Value value) {
    Node node = producers.get(value);
    return node != null
            && node.spec() instanceof Cast
            && keepsOrder(node)
            && reads.getOrDefault(value, 0) == 1
            && !visible.contains(value)
        ? node
        : null;
  }

  private Value joined(Node pack, List<Long> offsets, int first, List<Node> before) {
    List<Value> low = new ArrayList<>();
    for (int i = 0; i < offsets.size(); i++) {
      Node cast = Objects.requireNonNull(castOf(pack.inputs().get(first + i)));
      low.add(cast.inputs().getFirst());
      replaced.put(cast, List.of());
    }
    long start = offsets.getFirst();
    long length = offsets.getLast() - start + low.getLast().type().elements();
    Pack packing = new Pack(offsets.stream().map(offset -> offset - start).toList(), length);
    String name = pack.inputs().get(first).name() + "...";
    Shape shape = Shape.of(Math.toIntExact(length));
    Value flat = new Value(name, TensorType.of(low.getFirst().type().dtype(), shape));
    Value wide = new Value(name, TensorType.of(pack.outputs().getFirst().type().dtype(), shape));
    before.add(new Node(name, packing, low, List.of(flat)));
    before.add(new Node(name, new Cast(wide.type().dtype()), List.of(flat), List.of(wide)));
    return wide;
  }
}
