package dev.kiln.graph;

import dev.kiln.op.Adjoint;
import dev.kiln.op.Binary;
import dev.kiln.op.Fill;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reverse-mode differentiation of a graph under construction: visits the nodes backwards, asks each
 * operation's own rule for the gradients of its inputs, and adds up those that meet in one value.
 * This is the only place where gradients are accumulated.
 */
public final class Autodiff {

  private final GraphBuilder graph;
  private final Map<Value, Value> gradients = new IdentityHashMap<>();
  private final Set<Value> wanted;

  private Autodiff(GraphBuilder graph, List<Value> sources) {
    this.graph = graph;
    this.wanted = dependents(graph.nodes(), sources);
  }

  /**
   * Adds the gradients of a scalar to the graph.
   *
   * @param loss a scalar of the graph
   * @param sources the values to differentiate with respect to
   * @return one gradient for each source, of its type; zeros where the loss does not depend on it
   * @throws IllegalArgumentException if the loss is not a floating-point scalar
   */
  public static List<Value> gradients(GraphBuilder graph, Value loss, List<Value> sources) {
    if (loss.shape().rank() != 0 || !loss.type().dtype().isFloating()) {
      throw new IllegalArgumentException(
          "only a floating-point scalar can be differentiated, but the loss is "
              + loss
              + "; reduce it first, for example by its mean");
    }
    Value one = graph.apply(new Fill(loss.type().dtype(), loss.shape(), 1));
    return gradients(graph, List.of(loss), List.of(one), sources);
  }

  /**
   * Adds the products of upstream gradients with the Jacobian to the graph (a vector-Jacobian
   * product).
   *
   * @param outputs values of the graph, in any shapes
   * @param upstream the gradient of each output, of its type
   * @param sources the values to differentiate with respect to
   * @return one gradient for each source, of its type; zeros where no output depends on it
   */
  public static List<Value> gradients(
      GraphBuilder graph, List<Value> outputs, List<Value> upstream, List<Value> sources) {
    return graph.within(
        "gradient", () -> new Autodiff(graph, sources).run(outputs, upstream, sources));
  }

  private List<Value> run(List<Value> outputs, List<Value> upstream, List<Value> sources) {
    for (int i = 0; i < outputs.size(); i++) {
      accumulate(outputs.get(i), upstream.get(i));
    }
    for (Node node : new ArrayList<>(graph.nodes()).reversed()) {
      boolean reached = node.outputs().stream().anyMatch(gradients::containsKey);
      if (reached && node.inputs().stream().anyMatch(wanted::contains)) {
        graph.within(
            node.name(),
            () -> {
              node.spec().gradient(new NodeAdjoint(node));
              return null;
            });
      }
    }
    return sources.stream().map(this::gradientOf).toList();
  }

  /** Every floating-point value through which a source reaches anything, the sources included. */
  private static Set<Value> dependents(List<Node> nodes, List<Value> sources) {
    Set<Value> dependents = Collections.newSetFromMap(new IdentityHashMap<>());
    dependents.addAll(sources);
    for (Node node : nodes) {
      if (node.inputs().stream().anyMatch(dependents::contains)) {
        node.outputs().stream()
            .filter(value -> value.type().dtype().isFloating())
            .forEach(dependents::add);
      }
    }
    return dependents;
  }

  private void accumulate(Value value, Value gradient) {
    if (!value.type().sameElements(gradient.type())) {
      throw new IllegalStateException(
          "the gradient of %s has the type %s".formatted(value, gradient.type()));
    }
    gradients.merge(value, gradient, (sum, next) -> graph.apply(Binary.ADD, sum, next));
  }

  private Value gradientOf(Value value) {
    Value gradient = gradients.get(value);
    return gradient != null
        ? gradient
        : graph.apply(new Fill(value.type().dtype(), value.shape(), 0));
  }

  /** One node, as its gradient rule sees it. */
  private final class NodeAdjoint implements Adjoint {

    private final Node node;

    NodeAdjoint(Node node) {
      this.node = node;
    }

    @Override
    public Value input(int index) {
      return node.inputs().get(index);
    }

    @Override
    public int inputs() {
      return node.inputs().size();
    }

    @Override
    public Value output(int index) {
      return node.outputs().get(index);
    }

    @Override
    public Value upstream(int output) {
      return gradientOf(output(output));
    }

    @Override
    public boolean needs(int input) {
      return wanted.contains(input(input));
    }

    @Override
    public List<Value> emit(OpSpec spec, Value... operands) {
      return graph.add(spec, List.of(operands));
    }

    @Override
    public void give(int input, Supplier<Value> gradient) {
      if (needs(input)) {
        accumulate(input(input), gradient.get());
      }
    }
  }
}
