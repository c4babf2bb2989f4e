package dev.kiln.cuda;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.Recurrent;
import dev.kiln.op.Value;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which recurrent stacks cuDNN runs, when a plan is made: those of sequences of one length
 * without dropout, in a type that its recurrent calls take, which BF16 is from 9.13 on. It takes
 * the lengths of ragged sequences from the host when it is called, so that a recorded graph would
 * keep those of its first batch, and its dropout draws other numbers than the other backends. Their
 * reserve gets the length that cuDNN asks for.
 */
final class RecurrentReserves {

  private final CudaEngine engine;
  private final Set<Value> visible;
  private final Map<Value, Value> replaced = new IdentityHashMap<>();

  private RecurrentReserves(CudaEngine engine, Graph graph) {
    this.engine = engine;
    this.visible = new HashSet<>(graph.outputs());
  }

  /** Returns the graph in which cuDNN's stacks have cuDNN's reserve. */
  static Graph apply(CudaEngine engine, Graph graph) {
    RecurrentReserves reserves = new RecurrentReserves(engine, graph);
    List<Node> nodes = new ArrayList<>();
    graph.nodes().forEach(node -> nodes.add(reserves.rewrite(node)));
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  private Node rewrite(Node node) {
    if (node.spec() instanceof Recurrent spec && runs(spec, node)) {
      Value reserve = node.outputs().getLast();
      TensorType type = node.inputs().getFirst().type();
      replaced.put(
          reserve,
          new Value(
              reserve.name(),
              reserve
                  .type()
                  .withLayout(
                      RecurrentDescriptors.reserve(engine, RecurrentShape.of(spec, type)))));
    }
    return new Node(node.name(), node.spec(), now(node.inputs()), now(node.outputs()));
  }

  private boolean runs(Recurrent spec, Node node) {
    return RecurrentDescriptors.takes(node.inputs().getFirst().type().dtype())
        && !spec.ragged()
        && !spec.hasDropout()
        && !visible.contains(node.outputs().getLast());
  }

  private List<Value> now(List<Value> values) {
    return values.stream().map(value -> replaced.getOrDefault(value, value)).toList();
  }

  /** Returns whether a reserve is one that cuDNN fills. */
  static boolean isOne(TensorType reserve) {
    return reserve.layout() instanceof ReserveLayout;
  }
}
