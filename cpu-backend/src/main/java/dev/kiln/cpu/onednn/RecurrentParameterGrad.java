package dev.kiln.cpu.onednn;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.OpSpec;
import dev.kiln.op.PrivateSpec;
import dev.kiln.op.Recurrent;
import dev.kiln.op.Value;
import dev.kiln.tensor.TensorType;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The gradient of a recurrent stack without that of its input, which nobody needs where the input
 * is data.
 *
 * @param whole the gradient with it
 */
record RecurrentParameterGrad(Recurrent.Grad whole) implements PrivateSpec {

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    List<TensorType> all = whole.infer(inputs);
    return all.subList(1, all.size());
  }

  @Override
  public Optional<OpSpec> altered() {
    return Optional.of(whole);
  }

  @Override
  public String opName() {
    return whole.opName();
  }

  /** Returns the graph with this in place of gradients of which nobody reads the first result. */
  static Graph replaceIn(Graph graph) {
    Set<Value> read = Collections.newSetFromMap(new IdentityHashMap<>());
    graph.nodes().forEach(node -> read.addAll(node.inputs()));
    read.addAll(graph.outputs());
    graph.updates().forEach(update -> read.add(update.next()));
    List<Node> nodes = graph.nodes().stream().map(node -> replaced(node, read)).toList();
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  private static Node replaced(Node node, Set<Value> read) {
    return node.spec() instanceof Recurrent.Grad grad && !read.contains(node.outputs().getFirst())
        ? new Node(
            node.name(),
            new RecurrentParameterGrad(grad),
            node.inputs(),
            node.outputs().subList(1, node.outputs().size()))
        : node;
  }
}
