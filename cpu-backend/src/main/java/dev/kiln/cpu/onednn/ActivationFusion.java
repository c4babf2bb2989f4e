package dev.kiln.cpu.onednn;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.Binary;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Linear;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets a convolution, a fully connected layer or an arithmetic operation apply the activation that
 * follows it, if nothing else needs the result before the activation.
 */
final class ActivationFusion {

  private ActivationFusion() {}

  /** Returns the graph with such pairs as one node. */
  static Graph apply(Graph graph) {
    Map<Value, List<Node>> consumers = consumers(graph);
    Set<Value> kept = new HashSet<>(graph.outputs());
    graph.updates().forEach(update -> kept.add(update.next()));
    Set<Node> absorbed = new HashSet<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<Node> following = consumers.getOrDefault(node.outputs().getFirst(), List.of());
      if (canApply(node.spec())
          && following.size() == 1
          && !kept.contains(node.outputs().getFirst())
          && MemoryDesc.supports(node.outputs().getFirst().type().dtype())
          && following.getFirst().spec() instanceof Unary function
          && function != Unary.IDENTITY
          && !Eltwise.forward(function).isEmpty()) {
        Node activation = following.getFirst();
        absorbed.add(activation);
        nodes.add(
            new Node(
                node.name() + "+" + function,
                new Activated(node.spec(), function),
                node.inputs(),
                activation.outputs()));
      } else if (!absorbed.contains(node)) {
        nodes.add(node);
      }
    }
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  private static boolean canApply(OpSpec spec) {
    return spec instanceof Conv2d
        || spec instanceof Linear
        || (spec instanceof Binary operation && OneDnnBinary.algorithm(operation).isPresent());
  }

  private static Map<Value, List<Node>> consumers(Graph graph) {
    Map<Value, List<Node>> consumers = new IdentityHashMap<>();
    for (Node node : graph.nodes()) {
      node.inputs()
          .forEach(value -> consumers.computeIfAbsent(value, _ -> new ArrayList<>()).add(node));
    }
    return consumers;
  }
}
