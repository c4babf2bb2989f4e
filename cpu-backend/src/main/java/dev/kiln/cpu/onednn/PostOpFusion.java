package dev.kiln.cpu.onednn;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.Binary;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Reshape;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets an operation apply the elementwise ones that follow it, such as an activation or a residual
 * addition, as long as nothing else reads what passes between them.
 */
final class PostOpFusion {

  private final Graph graph;
  private final List<Node> nodes;
  private final Map<Value, List<Integer>> readers = new IdentityHashMap<>();
  private final Map<Value, Value> roots = new IdentityHashMap<>();
  private final Map<Value, Value> updated = new IdentityHashMap<>();
  private final Set<Value> visible = new HashSet<>();

  /** The nodes of the result, each where the last of those it was made of stood. */
  private final @Nullable Node[] places;

  private PostOpFusion(Graph graph) {
    this.graph = graph;
    this.nodes = graph.nodes();
    this.places = nodes.toArray(Node[]::new);
    visible.addAll(graph.outputs());
    graph.updates().forEach(update -> updated.put(update.next(), update.variable()));
    visible.addAll(updated.keySet());
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (Value input : node.inputs()) {
        readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(i);
      }
      if (node.spec() instanceof View || node.spec() instanceof Reshape) {
        roots.put(node.outputs().getFirst(), root(node.inputs().getFirst()));
      }
    }
  }

  /** Returns the graph with such operations as one node. */
  static Graph apply(Graph graph) {
    return new PostOpFusion(graph).run();
  }

  private Graph run() {
    for (int i = 0; i < places.length; i++) {
      if (isUntouched(i)) {
        List<Integer> chain = chainFrom(i);
        chain.forEach(member -> places[member] = null);
        places[chain.getLast()] = chain.size() == 1 ? nodes.get(i) : fused(chain);
      }
    }
    List<Node> placed = Arrays.stream(places).filter(Objects::nonNull).toList();
    return new Graph(graph.inputs(), graph.variables(), placed, graph.outputs(), graph.updates());
  }

  private boolean isUntouched(int index) {
    return nodes.get(index).equals(places[index]);
  }

  private List<Integer> chainFrom(int first) {
    List<Integer> chain = new ArrayList<>(List.of(first));
    if (Fused.canLead(nodes.get(first).spec()) && isSinglePrecision(nodes.get(first))) {
      Optional<Integer> next = follower(chain);
      while (next.isPresent()) {
        chain.add(next.get());
        next = follower(chain);
      }
    }
    return chain;
  }

  /** The operation that may be applied to a chain's result next. */
  private Optional<Integer> follower(List<Integer> chain) {
    Value result = nodes.get(chain.getLast()).outputs().getFirst();
    List<Integer> reading = readers.getOrDefault(result, List.of());
    if (chain.size() > Fused.MOST || reading.size() != 1 || visible.contains(result)) {
      return Optional.empty();
    }
    int reader = reading.getFirst();
    Node node = nodes.get(reader);
    boolean fits =
        isUntouched(reader)
            && Fused.canFollow(node.spec())
            && node.inputs().stream().allMatch(value -> hasTypeOf(value, result))
            && (node.inputs().getFirst() == result || isCommutative(node.spec()));
    return fits && !isUpdatedBefore(reader, chain) ? Optional.of(reader) : Optional.empty();
  }

  private static boolean hasTypeOf(Value value, Value result) {
    return value.type().sameElements(result.type());
  }

  /** The maximum is not: which of 0 and -0 it takes depends on the order. */
  private static boolean isCommutative(OpSpec spec) {
    return spec == Binary.ADD || spec == Binary.MUL;
  }

  /** Whether a variable that the chain reads is updated before it would run. */
  private boolean isUpdatedBefore(int reader, List<Integer> chain) {
    Set<Value> read =
        chain.stream()
            .flatMap(member -> nodes.get(member).inputs().stream())
            .map(this::root)
            .collect(Collectors.toSet());
    return nodes.subList(chain.getFirst(), reader).stream()
        .flatMap(node -> node.outputs().stream())
        .anyMatch(value -> updated.containsKey(value) && read.contains(updated.get(value)));
  }

  private Value root(Value value) {
    return roots.getOrDefault(value, value);
  }

  private static boolean isSinglePrecision(Node node) {
    return MemoryDesc.supports(node.outputs().getFirst().type().dtype());
  }

  private Node fused(List<Integer> chain) {
    Node lead = nodes.get(chain.getFirst());
    List<Value> inputs = new ArrayList<>(lead.inputs());
    List<OpSpec> after = new ArrayList<>();
    StringBuilder name = new StringBuilder(lead.name());
    Value result = lead.outputs().getFirst();
    for (int member : chain.subList(1, chain.size())) {
      Node node = nodes.get(member);
      Value before = result;
      node.inputs().stream().filter(value -> value != before).forEach(inputs::add);
      after.add(node.spec());
      name.append('+').append(node.spec().opName());
      result = node.outputs().getFirst();
    }
    return new Node(name.toString(), new Fused(lead.spec(), after), inputs, List.of(result));
  }
}
