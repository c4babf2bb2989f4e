package dev.kiln.cpu.onednn;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes one operation of a batch normalization of images and the rectifier after it, and one of
 * their gradients, if nothing else reads what passes between them.
 */
final class NormReluFusion {

  private static final Unary.Grad RELU_GRAD = new Unary.Grad(Unary.RELU);
  private static final int UPSTREAM = 4;

  private final Graph graph;
  private final Map<Value, Node> producers;
  private final Map<Value, Integer> reads = new IdentityHashMap<>();
  private final Set<Value> visible = new HashSet<>();
  private final Map<Node, Node> replaced = new IdentityHashMap<>();
  private final Set<Node> absorbed = new HashSet<>();

  private NormReluFusion(Graph graph) {
    this.graph = graph;
    this.producers = graph.producers();
    visible.addAll(graph.outputs());
    graph.updates().forEach(update -> visible.add(update.next()));
    graph.nodes().stream()
        .flatMap(node -> node.inputs().stream())
        .forEach(value -> reads.merge(value, 1, Integer::sum));
  }

  /** Returns the graph with such operations as one node. */
  static Graph apply(Graph graph) {
    return new NormReluFusion(graph).run();
  }

  private Graph run() {
    for (Node node : graph.nodes()) {
      if (node.spec() instanceof BatchNorm.Grad) {
        fuse(node);
      }
    }
    List<Node> nodes =
        graph.nodes().stream()
            .filter(node -> !absorbed.contains(node))
            .map(node -> replaced.getOrDefault(node, node))
            .toList();
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  /** Follows the upstream gradient of a normalization's gradient back to the normalization. */
  private void fuse(Node normGrad) {
    producer(normGrad, UPSTREAM)
        .filter(node -> node.spec().equals(RELU_GRAD) && isReadOnce(node))
        .ifPresent(reluGrad ->
            producer(reluGrad, 0)
                .filter(node -> node.spec() == Unary.RELU)
                .ifPresent(relu ->
                    producer(relu, 0)
                        .filter(node -> isReadOnce(node) && isNormOf(normGrad, node))
                        .ifPresent(norm -> fuse(norm, relu, reluGrad, normGrad))));
  }

  private Optional<Node> producer(Node node, int input) {
    return Optional.ofNullable(producers.get(node.inputs().get(input)));
  }

  private boolean isReadOnce(Node node) {
    Value result = node.outputs().getFirst();
    return reads.getOrDefault(result, 0) == 1 && !visible.contains(result);
  }

  /** Whether a normalization of images is the one that a gradient belongs to. */
  private boolean isNormOf(Node grad, Node norm) {
    TensorType x = norm.inputs().getFirst().type();
    return norm.spec() instanceof BatchNorm
        && MemoryDesc.supports(x.dtype())
        && x.shape().rank() == 4
        && norm.inputs().getFirst() == grad.inputs().get(0)
        && norm.outputs().get(1) == grad.inputs().get(2)
        && norm.outputs().get(2) == grad.inputs().get(3)
        && !replaced.containsKey(norm);
  }

  private void fuse(Node norm, Node relu, Node reluGrad, Node normGrad) {
    if (norm.spec() instanceof BatchNorm forward
        && normGrad.spec() instanceof BatchNorm.Grad back) {
      Value y = relu.outputs().getFirst();
      Value positive = new Value(y.name() + ".positive", TensorType.of(DType.U8, y.type().shape()));
      List<Value> outputs = new ArrayList<>(norm.outputs());
      outputs.set(0, y);
      outputs.add(positive);
      List<Value> inputs = new ArrayList<>(normGrad.inputs());
      inputs.set(UPSTREAM, reluGrad.inputs().get(1));
      inputs.add(positive);
      replaced.put(
          norm, new Node(norm.name() + "+relu", new NormRelu(forward), norm.inputs(), outputs));
      replaced.put(
          normGrad,
          new Node(normGrad.name() + "+relu", new NormRelu.Grad(back), inputs, normGrad.outputs()));
      absorbed.addAll(List.of(relu, reluGrad));
    }
  }
}
