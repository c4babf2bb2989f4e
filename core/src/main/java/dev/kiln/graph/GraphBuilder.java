package dev.kiln.graph;

import dev.kiln.op.Cast;
import dev.kiln.op.OpSpec;
import dev.kiln.op.ShapeException;
import dev.kiln.op.Value;
import dev.kiln.op.WhereFinite;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph down, one operation at a time. Every addition is checked at once, so that an error
 * names the operation and the layer it stands in.
 *
 * <p>{@link #add} takes any operation; {@link Ops} has a method for each of the usual ones.
 */
public final class GraphBuilder {

  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> variables = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Update> updates = new ArrayList<>();
  private final Deque<String> scopes = new ArrayDeque<>();
  private @Nullable Autocast autocast;

  /** Adds a value that is fed anew for every step. */
  public Value input(String name, TensorType type) {
    Value value = new Value(name, type);
    inputs.add(value);
    return value;
  }

  /** Adds a value that is held between steps. */
  public Value variable(String name, TensorType type) {
    Value value = new Value(name, type);
    variables.add(value);
    return value;
  }

  /**
   * Adds an operation.
   *
   * @return its outputs
   * @throws ShapeException if the inputs break its rule; the message names the enclosing scope
   */
  public List<Value> add(OpSpec spec, List<Value> operands) {
    return append(spec, autocast == null ? operands : autocast.operands(spec, operands));
  }

  /** Adds an operation on these very operands. */
  List<Value> append(OpSpec spec, List<Value> operands) {
    String name = qualified(spec.opName());
    List<TensorType> types;
    try {
      types = spec.infer(Graph.types(operands));
    } catch (ShapeException broken) {
      throw scopes.isEmpty() ? broken : broken.at(scope());
    }
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      outputs.add(new Value(types.size() == 1 ? name : name + ":" + i, types.get(i)));
    }
    nodes.add(new Node(name, spec, operands, outputs));
    return List.copyOf(outputs);
  }

  /** Adds an operation and returns its first output. */
  public Value apply(OpSpec spec, Value... operands) {
    return add(spec, List.of(operands)).getFirst();
  }

  /** Returns a value in another element type: itself if it has it. */
  public Value cast(Value value, DType type) {
    if (value.type().dtype() == type) {
      return value;
    }
    return autocast == null ? apply(new Cast(type), value) : autocast.cast(value, type);
  }

  /**
   * Declares what a variable becomes at the end of a step.
   *
   * @param variable one of this graph's variables
   * @param next its next value, of the same type; under {@link #autocast} of any floating-point one
   */
  public void update(Value variable, Value next) {
    updates.add(
        new Update(variable, autocast == null ? next : cast(next, variable.type().dtype())));
  }

  /**
   * Lets every update declared so far happen only where a guard is finite; otherwise the variable
   * keeps its bits.
   *
   * @param guard a scalar
   */
  public void guardUpdates(Value guard) {
    updates.replaceAll(update -> {
      Value variable = update.variable();
      return new Update(variable, apply(new WhereFinite(), guard, update.next(), variable));
    });
  }

  /** Returns the operations under this builder by name. */
  public Ops ops() {
    return new Ops(this);
  }

  /**
   * Puts everything that {@code body} adds under a name, such as that of a layer.
   *
   * @return what the body returns
   */
  public <T> T within(String name, Supplier<T> body) {
    scopes.addLast(name);
    try {
      return body.get();
    } finally {
      scopes.removeLast();
    }
  }

  /**
   * Writes with automatic element types: everything that {@code body} adds takes its F32 operands
   * cast to a low type where it is a product, keeps F32 where rounding would add up, and follows
   * its operands elsewhere. Gradients of it need none: they follow the types of what they are
   * gradients of.
   *
   * @param low {@link DType#BF16} or {@link DType#F16}
   * @return what the body returns
   */
  public <T> T autocast(DType low, Supplier<T> body) {
    Autocast outer = autocast;
    autocast = new Autocast(this, low);
    try {
      return body.get();
    } finally {
      autocast = outer;
    }
  }

  /** Returns the names of the enclosing scopes, joined by dots; empty outside any. */
  public String scope() {
    return String.join(".", scopes);
  }

  /** Returns a name with the enclosing scopes in front. */
  public String qualified(String name) {
    return scopes.isEmpty() ? name : scope() + "." + name;
  }

  /** Returns the variables added so far. */
  public List<Value> variables() {
    return List.copyOf(variables);
  }

  /** Returns the nodes added so far. */
  List<Node> nodes() {
    return nodes;
  }

  /**
   * Returns the graph that computes these outputs and all updates, without anything else.
   *
   * @throws IllegalArgumentException if an output does not belong to this builder
   */
  public Graph build(List<Value> outputs) {
    return new Graph(inputs, variables, nodes, outputs, updates).pruned();
  }

  /** Returns the graph that computes these outputs and all updates, without anything else. */
  public Graph build(Value... outputs) {
    return build(List.of(outputs));
  }
}
