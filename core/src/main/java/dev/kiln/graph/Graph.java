package dev.kiln.graph;

import dev.kiln.op.ShapeException;
import dev.kiln.op.Value;
import dev.kiln.tensor.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A computation as data: nodes in an order in which they can run.
 *
 * @param inputs values fed anew for every step, such as a batch
 * @param variables values held between steps, such as parameters
 * @param nodes every operation, after those it depends on
 * @param outputs values read after a step, such as the loss
 * @param updates what becomes of variables at the end of a step
 */
public record Graph(
    List<Value> inputs,
    List<Value> variables,
    List<Node> nodes,
    List<Value> outputs,
    List<Update> updates) {

  /**
   * Checks the graph: every value is defined once and before its use, and every node's output types
   * are what its shape rule infers. Layouts are not compared: a backend's lowering may choose them.
   *
   * @throws ShapeException if a node's inputs break its rule
   * @throws IllegalArgumentException if a value is used before it is defined, defined twice, or has
   *     another type than inferred, or if a variable is updated twice
   */
  public Graph {
    inputs = List.copyOf(inputs);
    variables = List.copyOf(variables);
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
    updates = List.copyOf(updates);
    Set<Value> defined = new HashSet<>();
    inputs.forEach(value -> define(value, defined));
    variables.forEach(value -> define(value, defined));
    for (Node node : nodes) {
      node.inputs().forEach(value -> checkDefined(value, defined, node.name()));
      checkTypes(node);
      node.outputs().forEach(value -> define(value, defined));
    }
    for (Value output : outputs) {
      checkDefined(output, defined, "the graph's outputs");
    }
    Set<Value> updated = new HashSet<>();
    for (Update update : updates) {
      checkDefined(update.next(), defined, "the update of " + update.variable());
      checkUpdate(update, variables.contains(update.variable()), updated.add(update.variable()));
    }
  }

  private static void define(Value value, Set<Value> defined) {
    if (!defined.add(value)) {
      throw new IllegalArgumentException("graph: " + value + " is defined twice");
    }
  }

  private static void checkDefined(Value value, Set<Value> defined, String user) {
    if (!defined.contains(value)) {
      throw new IllegalArgumentException(
          "graph: " + user + " uses " + value + ", which no earlier node or input defines");
    }
  }

  private static void checkUpdate(Update update, boolean isVariable, boolean isFirst) {
    if (!isVariable) {
      throw new IllegalArgumentException(
          "graph: " + update.variable() + " is updated, but is no variable of the graph");
    }
    if (!isFirst) {
      throw new IllegalArgumentException(
          "graph: %s is updated twice in one step; a layer with running statistics can be applied only once"
              .formatted(update.variable()));
    }
    if (!update.variable().type().sameElements(update.next().type())) {
      throw new IllegalArgumentException(
          "graph: the next value of variable %s is %s: the types must be the same"
              .formatted(update.variable(), update.next()));
    }
  }

  private static void checkTypes(Node node) {
    List<TensorType> inferred = node.spec().infer(types(node.inputs()));
    List<TensorType> actual = types(node.outputs());
    boolean same = inferred.size() == actual.size();
    for (int i = 0; same && i < inferred.size(); i++) {
      same = inferred.get(i).sameElements(actual.get(i));
    }
    if (!same) {
      throw new IllegalArgumentException(
          "graph: node %s has the output types %s, but %s infers %s"
              .formatted(node.name(), actual, node.spec(), inferred));
    }
  }

  /** Returns the types of values, in order. */
  public static List<TensorType> types(List<Value> values) {
    return values.stream().map(Value::type).toList();
  }

  /** Returns the node that computes each value; inputs and variables are missing. */
  public Map<Value, Node> producers() {
    Map<Value, Node> producers = new IdentityHashMap<>();
    for (Node node : nodes) {
      node.outputs().forEach(value -> producers.put(value, node));
    }
    return producers;
  }

  /** Returns this graph without the nodes that neither an output nor an update depends on. */
  public Graph pruned() {
    Map<Value, Node> producers = producers();
    Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Value> open = new ArrayDeque<>(outputs);
    updates.forEach(update -> open.add(update.next()));
    while (!open.isEmpty()) {
      Node node = producers.get(open.poll());
      if (node != null && needed.add(node)) {
        open.addAll(node.inputs());
      }
    }
    List<Node> kept = new ArrayList<>(nodes);
    kept.removeIf(node -> !needed.contains(node));
    return new Graph(inputs, variables, kept, outputs, updates);
  }
}
