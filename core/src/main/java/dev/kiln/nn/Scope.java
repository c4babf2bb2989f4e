package dev.kiln.nn;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.ShapeException;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.util.function.Supplier;

/**
 * Where a layer stands in a network: the graph it writes into, the names of its parameters, and
 * whether it is written for training.
 */
public final class Scope {

  private final GraphBuilder graph;
  private final Mode mode;
  private final DType dtype;
  private final Binding binding;

  /** Where parameters come from: recorded on the first visit, looked up afterwards. */
  interface Binding {

    Value parameter(String name, Shape shape, Initializer initializer);

    Value group(String scope, ParameterGroup group);

    Value statistic(String name, Shape shape, double initial);

    Value counter();

    int nextStream();

    void visited(LayerVisit visit);
  }

  Scope(GraphBuilder graph, Mode mode, DType dtype, Binding binding) {
    this.graph = graph;
    this.mode = mode;
    this.dtype = dtype;
    this.binding = binding;
  }

  /** Returns the graph, for operations {@link #ops} has no method for. */
  public GraphBuilder graph() {
    return graph;
  }

  /** Returns the operations to write with. */
  public Ops ops() {
    return graph.ops();
  }

  /** Returns what the network is written for. */
  public Mode mode() {
    return mode;
  }

  /** Returns whether the network is written for training. */
  public boolean isTraining() {
    return mode == Mode.TRAINING;
  }

  /** Returns the element type of the network's parameters, F32 unless asked otherwise. */
  public DType dtype() {
    return dtype;
  }

  /**
   * Returns a parameter of this layer.
   *
   * @param name PyTorch's name of it, such as {@code weight}
   * @param shape its dimensions
   * @param initializer how its first values are drawn
   */
  public Value parameter(String name, Shape shape, Initializer initializer) {
    return binding.parameter(graph.qualified(name), shape, initializer);
  }

  /**
   * Returns the parameters of a group as one flat tensor, in their order.
   *
   * @param group the parameters, named as PyTorch names them
   */
  public Value parameters(ParameterGroup group) {
    return binding.group(graph.scope(), group);
  }

  /**
   * Returns a tensor that this layer keeps but does not learn, such as a running mean.
   *
   * @param name PyTorch's name of it, such as {@code running_mean}
   * @param shape its dimensions
   * @param initial every element's first value
   */
  public Value statistic(String name, Shape shape, double initial) {
    return binding.statistic(graph.qualified(name), shape, initial);
  }

  /**
   * Returns what this layer carries over from one batch to the next, zero at first: the state of
   * recurrent layers that read a long sequence window by window. It is held on the backend.
   * Training and each shape of evaluation have their own, since they read different sequences.
   *
   * @param name what it is called among the variables
   * @param shape its dimensions, usually with the batch among them
   */
  public Value carried(String name, Shape shape) {
    return graph.variable(
        CarriedState.name(mode, graph.qualified(name), shape), TensorType.of(dtype, shape));
  }

  /**
   * Declares what a {@link #carried} state or a {@link #statistic} becomes at the end of a training
   * step.
   */
  public void update(Value statistic, Value next) {
    graph.update(statistic, next);
  }

  /** Returns the random counter I64[2], seed and step, for operations such as dropout. */
  public Value counter() {
    return binding.counter();
  }

  /** Returns a number that tells this layer's random operation from all others of the network. */
  public int nextStream() {
    return binding.nextStream();
  }

  /**
   * Requires something of a layer's input before its parameters are asked for.
   *
   * @param rule what must hold, with the layer's kind and the actual values
   * @throws ShapeException if it does not hold; the message names the layer
   */
  public void require(boolean holds, String rule) {
    if (!holds) {
      throw new ShapeException(graph.scope().isEmpty() ? rule : graph.scope() + ": " + rule);
    }
  }

  /** Applies the outermost layer, whose parameters have no path in front of their names. */
  Value root(Layer network, Value x) {
    return visit(network, x);
  }

  /**
   * Applies a layer under a name of its own.
   *
   * @param name the child's name, such as its position
   */
  public Value child(String name, Layer layer, Value x) {
    return graph.within(name, () -> visit(layer, x));
  }

  /**
   * Applies recurrent layers under a name of their own, with lengths or initial states.
   *
   * @param name the child's name, such as {@code encoder}
   */
  public Recurrent.Result child(String name, Recurrent layers, Recurrent.Input input) {
    return graph.within(
        name,
        () -> {
          Recurrent.Result result = layers.apply(this, input);
          binding.visited(
              new LayerVisit(graph.scope(), layers, input.x().shape(), result.outputs().shape()));
          return result;
        });
  }

  /**
   * Puts what a part of the network writes under a name of its own.
   *
   * @param name the part's name, such as {@code decoder}
   * @return what the part returns
   */
  public <T> T within(String name, Supplier<T> part) {
    return graph.within(name, part);
  }

  private Value visit(Layer layer, Value x) {
    Value y = layer.apply(this, x);
    binding.visited(new LayerVisit(graph.scope(), layer, x.shape(), y.shape()));
    return y;
  }
}
