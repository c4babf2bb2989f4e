package dev.kiln.nn;

import static java.util.stream.Collectors.toSet;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A model whose parameters are known: it was written once for a batch, and can be written again,
 * for training or inference and for other batch sizes, with the same parameters. All parameters are
 * parts of one flat tensor, each beginning at a multiple of 16 elements.
 */
public final class Network {

  /** The name of the variable that holds all parameters. */
  public static final String PARAMETERS = "parameters";

  private final Model model;
  private final DType dtype;
  private final ParameterTable table;
  private final List<Statistic> statistics;
  private final List<LayerVisit> layers;

  private Network(Model model, DType dtype, RecordingBinding recorded) {
    this.model = model;
    this.dtype = dtype;
    this.table = recorded.parameters;
    this.statistics = List.copyOf(recorded.statistics.values());
    this.layers = List.copyOf(recorded.layers);
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
    GraphBuilder scratch = new GraphBuilder();
    RecordingBinding recording = new RecordingBinding(scratch, dtype);
    List<Value> fields =
        IntStream.range(0, batch.size())
            .mapToObj(i -> scratch.input("field" + i, batch.get(i)))
            .toList();
    model.apply(new Scope(scratch, Mode.TRAINING, dtype, recording), fields);
    return new Network(model, dtype, recording);
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
   * Writes the network into a graph. Declares the variables for parameters and statistics. Loss and
   * predictions have the type of the parameters, whatever types lie between.
   *
   * @param batch the fields of the batch
   * @param counter the random counter I64[2], seed and step
   */
  public Applied apply(GraphBuilder graph, List<Value> batch, Value counter, Mode mode) {
    Value flat = graph.variable(PARAMETERS, flatType());
    ViewBinding binding = new ViewBinding(graph, table, flat, counter);
    Outcome written = model.apply(new Scope(graph, mode, dtype, binding), batch);
    Outcome outcome =
        new Outcome(graph.cast(written.loss(), dtype), graph.cast(written.predictions(), dtype));
    return new Applied(outcome, binding.views(), flat);
  }

  /**
   * Writes a part of the network into a graph, such as one step of it, with the parameters of the
   * whole. Declares the variables for parameters and statistics.
   *
   * @param counter the random counter I64[2], seed and step
   * @param part writes it, under the names that the whole gives its layers
   * @return what the part returns
   * @throws IllegalStateException if the part asks for a parameter that the whole has not
   */
  public <T> T applyPart(GraphBuilder graph, Value counter, Mode mode, Function<Scope, T> part) {
    Value flat = graph.variable(PARAMETERS, flatType());
    ViewBinding binding = new ViewBinding(graph, table, flat, counter);
    return part.apply(new Scope(graph, mode, dtype, binding));
  }

  /** Returns what it was written from. */
  public Model model() {
    return model;
  }

  /** Returns every parameter, in the order of the flat tensor. */
  public List<Parameter> parameters() {
    return table.parameters();
  }

  /** Returns the parts of the flat tensor that operations see as one tensor each. */
  public List<ParameterBlock> blocks() {
    return List.copyOf(table.blocks().values());
  }

  /** Returns every statistic, in the order of the layers. */
  public List<Statistic> statistics() {
    return statistics;
  }

  /** Returns every layer with its shapes, inner ones before the outer ones, the network last. */
  public List<LayerVisit> layers() {
    return layers;
  }

  /** Returns the elements of the flat tensor of all parameters, the gaps between them included. */
  public long flatLength() {
    return table.length();
  }

  private TensorType flatType() {
    return TensorType.of(dtype, Math.toIntExact(flatLength()));
  }

  /** Returns the number of learned numbers. */
  public long parameterCount() {
    return table.parameters().stream().mapToLong(Parameter::elements).sum();
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
    Tensor flat = Tensor.allocate(flatType());
    int stream = 0;
    for (Parameter parameter : table.parameters()) {
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
    Set<String> names = table.parameters().stream().map(Parameter::name).collect(toSet());
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(named.keySet());
    Set<String> unknown = new TreeSet<>(named.keySet());
    unknown.removeAll(names);
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "the tensors are not this network's parameters: missing %s, unknown %s"
              .formatted(missing, unknown));
    }
    Tensor flat = Tensor.allocate(flatType());
    for (Parameter parameter : table.parameters()) {
      Tensor values = Objects.requireNonNull(named.get(parameter.name()));
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
}
