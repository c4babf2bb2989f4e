package dev.kiln.cpu.onednn;

import dev.kiln.graph.Graph;
import dev.kiln.graph.Node;
import dev.kiln.op.Affine;
import dev.kiln.op.BatchNormInference;
import dev.kiln.op.Binary;
import dev.kiln.op.Conv2d;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Reshape;
import dev.kiln.op.Unary;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a batch normalization with fixed statistics as the arithmetic it is, where it follows a
 * convolution, which then applies it to its result together with what comes after; see {@link
 * PostOpFusion}.
 */
final class NormFolding {

  private final Graph graph;
  private final Map<Value, Node> producers;
  private final Set<Value> readOften = new HashSet<>();
  private final List<Node> nodes = new ArrayList<>();

  private NormFolding(Graph graph) {
    this.graph = graph;
    this.producers = graph.producers();
    Set<Value> read = new HashSet<>(graph.outputs());
    graph.updates().forEach(update -> read.add(update.next()));
    graph.nodes().stream()
        .flatMap(node -> node.inputs().stream())
        .filter(value -> !read.add(value))
        .forEach(readOften::add);
  }

  /** Returns the graph with such normalizations as arithmetic. */
  static Graph apply(Graph graph) {
    return new NormFolding(graph).run();
  }

  private Graph run() {
    for (Node node : graph.nodes()) {
      if (node.spec() instanceof BatchNormInference norm && followsConvolution(node)) {
        fold(norm, node);
      } else {
        nodes.add(node);
      }
    }
    return new Graph(graph.inputs(), graph.variables(), nodes, graph.outputs(), graph.updates());
  }

  private boolean followsConvolution(Node node) {
    Value x = node.inputs().getFirst();
    Node producer = producers.get(x);
    return producer != null
        && producer.spec() instanceof Conv2d
        && MemoryDesc.supports(x.type().dtype())
        && !readOften.contains(x);
  }

  /** {@code (x - mean) / sqrt(variance + epsilon) * weight + bias}. */
  private void fold(BatchNormInference norm, Node node) {
    List<Value> inputs = node.inputs();
    Value shifted = add(node, new Affine(1, norm.epsilon()), inputs.get(4));
    Value deviation = perChannel(node, add(node, Unary.SQRT, shifted));
    Value centred = add(node, Binary.SUB, inputs.get(0), perChannel(node, inputs.get(3)));
    Value normal = add(node, Binary.DIV, centred, deviation);
    Value scaled = add(node, Binary.MUL, normal, perChannel(node, inputs.get(1)));
    List<Value> last = List.of(scaled, perChannel(node, inputs.get(2)));
    nodes.add(new Node(node.name() + ".add", Binary.ADD, last, node.outputs()));
  }

  private Value perChannel(Node node, Value statistic) {
    int channels = statistic.type().shape().dim(0);
    return add(node, new Reshape(Shape.of(channels, 1, 1)), statistic);
  }

  private Value add(Node node, OpSpec spec, Value... operands) {
    String name = node.name() + "." + spec.opName();
    List<Value> inputs = List.of(operands);
    Value result = new Value(name, spec.infer(Graph.types(inputs)).getFirst());
    nodes.add(new Node(name, spec, inputs, List.of(result)));
    return result;
  }
}
