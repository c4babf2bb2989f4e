package dev.kiln.nn;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.ShapeException;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A model whose parameters are known: it was written once for a batch, and can be written again,
 * for training or inference and for other batch sizes, with the same parameters. All parameters are
 * parts of one flat tensor, each beginning at a multiple of 16 elements.
 */
public final class Network {

  /** The name of the variable that holds all parameters. */
  public static final String PARAMETERS = "parameters";

  private static final long ALIGNMENT = 16;

  private final Model model;
  private final DType dtype;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, ParameterBlock> blocks = new LinkedHashMap<>();
  private final Map<String, Statistic> statistics = new LinkedHashMap<>();
  private final List<LayerVisit> layers = new ArrayList<>();
  private long length;

  private Network(Model model, DType dtype) {
    this.model = model;
    this.dtype = dtype;
  }

  /**
   * Finds a model's parameters by writing it once for training.
   *
   * @param model the model
   * @param dtype the element type of the parameters, {@link DType#F32} or {@link DType#F64}
   * @param batch the types of the batch's fields
   * @throws dev.kiln.op.ShapeException if a layer does not fit its input; the message names it
   */
  public static Network of(Model model, DType dtype, List<TensorType> batch) {
    Network network = new Network(model, dtype);
    GraphBuilder scratch = new GraphBuilder();
    Recording recording = network.new Recording(scratch);
    List<Value> fields =
        IntStream.range(0, batch.size())
            .mapToObj(i -> scratch.input("field" + i, batch.get(i)))
            .toList();
    model.apply(new Scope(scratch, Mode.TRAINING, dtype, recording), fields);
    return network;
  }

  /**
   * A network written into a graph.
   *
   * @param outcome the loss and the predictions
   * @param parameters each block of parameters, in the order of {@link Network#blocks}
   * @param flat the variable that holds them all
   */
  public record Applied(Outcome outcome, List<Value> parameters, Value flat) {}

  /**
   * Writes the network into a graph. Declares the variables for parameters and statistics.
   *
   * @param batch the fields of the batch
   * @param counter the random counter I64[2], seed and step
   */
  public Applied apply(GraphBuilder graph, List<Value> batch, Value counter, Mode mode) {
    Value flat =
        graph.variable(PARAMETERS, TensorType.of(dtype, Math.toIntExact(Math.max(1, length))));
    Bound bound = new Bound(graph, flat, counter);
    Outcome outcome = model.apply(new Scope(graph, mode, dtype, bound), batch);
    return new Applied(outcome, List.copyOf(bound.views.values()), flat);
  }

  /** Returns every parameter, in the order of the flat tensor. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /** Returns the parts of the flat tensor that operations see as one tensor each. */
  public List<ParameterBlock> blocks() {
    return List.copyOf(blocks.values());
  }

  /** Returns every statistic, in the order of the layers. */
  public List<Statistic> statistics() {
    return List.copyOf(statistics.values());
  }

  /** Returns every layer with its shapes, inner ones before the outer ones, the network last. */
  public List<LayerVisit> layers() {
    return List.copyOf(layers);
  }

  /** Returns the elements of the flat tensor of all parameters, the gaps between them included. */
  public long flatLength() {
    return Math.max(1, length);
  }

  /** Returns the number of learned numbers. */
  public long parameterCount() {
    return parameters.values().stream().mapToLong(Parameter::elements).sum();
  }

  /** Returns the element type of the parameters. */
  public DType dtype() {
    return dtype;
  }

  /**
   * Draws the first values of all parameters and lays them into one flat tensor. Parameter {@code
   * i} uses the Philox stream {@code i} of step 0; training steps count from 1.
   */
  public Tensor initialParameters(long seed) {
    Tensor flat = Tensor.allocate(TensorType.of(dtype, Math.toIntExact(flatLength())));
    int stream = 0;
    for (Parameter parameter : parameters.values()) {
      double[] values =
          parameter.initializer().draw(parameter.shape(), new Philox(seed, stream++, 0));
      for (int i = 0; i < values.length; i++) {
        flat.set(parameter.offset() + i, values[i]);
      }
    }
    return flat;
  }

  /**
   * Lays parameters given by name, such as those of a PyTorch state dict, into one flat tensor.
   *
   * @param named a tensor for every parameter, of its shape, in any floating-point type
   * @throws IllegalArgumentException if one is missing, has another shape, or is no parameter of
   *     this network
   */
  public Tensor flat(Map<String, Tensor> named) {
    Set<String> missing = new TreeSet<>(parameters.keySet());
    missing.removeAll(named.keySet());
    Set<String> unknown = new TreeSet<>(named.keySet());
    unknown.removeAll(parameters.keySet());
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "the tensors are not this network's parameters: missing %s, unknown %s"
              .formatted(missing, unknown));
    }
    Tensor flat = Tensor.allocate(TensorType.of(dtype, Math.toIntExact(flatLength())));
    for (Parameter parameter : parameters.values()) {
      Tensor values = named.get(parameter.name());
      if (!values.shape().equals(parameter.shape())) {
        throw new IllegalArgumentException(
            "parameter %s has the shape %s, but the tensor given for it is %s"
                .formatted(parameter.name(), parameter.shape(), values.type()));
      }
      for (long i = 0; i < values.elements(); i++) {
        flat.set(parameter.offset() + i, values.get(i));
      }
    }
    return flat;
  }

  /** Notes what a layer asks for. */
  private final class Recording implements Scope.Binding {

    private final GraphBuilder graph;
    private final Value counter;
    private int streams;
    private final Map<String, Value> values = new LinkedHashMap<>();

    Recording(GraphBuilder graph) {
      this.graph = graph;
      this.counter = graph.input("counter", TensorType.of(DType.I64, 2));
    }

    @Override
    public Value parameter(String name, Shape shape, Initializer initializer) {
      if (blocks.containsKey(name)) {
        checkShape(name, blocks.get(name).shape(), shape);
        return values.get(name);
      }
      align();
      blocks.put(name, new ParameterBlock(length, shape));
      record(name, shape, initializer);
      return declare(name, shape);
    }

    @Override
    public Value group(String scope, ParameterGroup group) {
      String name = groupName(scope, group);
      Shape shape = Shape.of(Math.toIntExact(group.elements()));
      if (blocks.containsKey(name)) {
        checkShape(name, blocks.get(name).shape(), shape);
        return values.get(name);
      }
      align();
      blocks.put(name, new ParameterBlock(length, shape));
      for (ParameterGroup.Member member : group.members()) {
        record(qualified(scope, member.name()), member.shape(), member.initializer());
      }
      return declare(name, shape);
    }

    private void align() {
      length = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private void record(String name, Shape shape, Initializer initializer) {
      parameters.put(name, new Parameter(name, shape, initializer, length));
      length += shape.elements();
    }

    @Override
    public Value statistic(String name, Shape shape, double initial) {
      Statistic known = statistics.putIfAbsent(name, new Statistic(name, shape, initial));
      if (known != null) {
        checkShape(name, known.shape(), shape);
        return values.get(name);
      }
      return declare(name, shape);
    }

    private Value declare(String name, Shape shape) {
      Value value = graph.variable(name, TensorType.of(dtype, shape));
      values.put(name, value);
      return value;
    }

    @Override
    public Value counter() {
      return counter;
    }

    @Override
    public int nextStream() {
      return streams++;
    }

    @Override
    public void visited(LayerVisit visit) {
      layers.add(visit);
    }
  }

  private static String groupName(String scope, ParameterGroup group) {
    return qualified(scope, group.members().getFirst().name()) + "...";
  }

  private static String qualified(String scope, String name) {
    return scope.isEmpty() ? name : scope + "." + name;
  }

  private static void checkShape(String name, Shape known, Shape asked) {
    if (!known.equals(asked)) {
      throw new ShapeException(
          "parameter %s is used with two shapes: %s and %s; layers that share a name share it"
              .formatted(name, known, asked));
    }
  }

  /** Hands out views into the flat tensor. */
  private final class Bound implements Scope.Binding {

    private final GraphBuilder graph;
    private final Value flat;
    private final Value counter;
    private final Map<String, Value> views = new LinkedHashMap<>();
    private final Map<String, Value> held = new LinkedHashMap<>();
    private int streams;

    Bound(GraphBuilder graph, Value flat, Value counter) {
      this.graph = graph;
      this.flat = flat;
      this.counter = counter;
      blocks.forEach((name, block) ->
          views.put(
              name,
              graph.within(
                  name, () -> graph.apply(new View(block.offset(), block.shape()), flat))));
    }

    @Override
    public Value parameter(String name, Shape shape, Initializer initializer) {
      return view(name, shape);
    }

    @Override
    public Value group(String scope, ParameterGroup group) {
      return view(groupName(scope, group), Shape.of(Math.toIntExact(group.elements())));
    }

    private Value view(String name, Shape shape) {
      Value view = views.get(name);
      if (view == null) {
        throw new IllegalStateException(
            "the network asks for parameter %s, which it did not ask for when it was first written"
                .formatted(name));
      }
      checkShape(name, view.shape(), shape);
      return view;
    }

    @Override
    public Value statistic(String name, Shape shape, double initial) {
      return held.computeIfAbsent(name, key -> graph.variable(key, TensorType.of(dtype, shape)));
    }

    @Override
    public Value counter() {
      return counter;
    }

    @Override
    public int nextStream() {
      return streams++;
    }

    @Override
    public void visited(LayerVisit visit) {}
  }
}
