package dev.kiln.testkit;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Graph;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Update;
import dev.kiln.op.Broadcast;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A sample written down as a graph, with the values it is fed.
 *
 * @param graph the graph
 * @param feeds one value for each of the graph's inputs
 * @param variables one value for each of the graph's variables
 */
record SampleGraph(Graph graph, List<Tensor> feeds, List<Tensor> variables) {

  private static final int UPSTREAM = 1000;

  /** The operation alone; its outputs are the graph's. */
  static SampleGraph forward(Sample sample, DType floating) {
    GraphBuilder graph = new GraphBuilder();
    List<Value> outputs = graph.add(sample.spec(), inputs(graph, sample, floating));
    return new SampleGraph(graph.build(outputs), sample.values(floating), List.of());
  }

  /**
   * The operation and its gradients for a random upstream gradient of every differentiable result,
   * which are fed last. The graph's outputs are these results, then the gradient of every
   * differentiable operand.
   */
  static SampleGraph backward(Sample sample, DType floating) {
    GraphBuilder graph = new GraphBuilder();
    List<Value> inputs = inputs(graph, sample, floating);
    List<Value> results =
        graph.add(sample.spec(), inputs).subList(0, sample.differentiableResults());
    List<Tensor> feeds = new ArrayList<>(sample.values(floating));
    List<Value> upstream = new ArrayList<>();
    for (Value result : results) {
      feeds.add(upstream(sample, upstream.size(), result.type()));
      upstream.add(graph.input("upstream", result.type()));
    }
    List<Value> sources = sample.differentiable().stream().map(inputs::get).toList();
    List<Value> outputs = new ArrayList<>(results);
    outputs.addAll(Autodiff.gradients(graph, results, upstream, sources));
    return new SampleGraph(graph.build(outputs), feeds, List.of());
  }

  /** The upstream gradient of a result: normal values, the same numbers in every type. */
  private static Tensor upstream(Sample sample, int result, TensorType type) {
    return Operand.normal(type.shape().toArray())
        .values(type.dtype(), sample.random(UPSTREAM + result));
  }

  /** The operation on operands that die with it, so that its results may take over their memory. */
  static SampleGraph overDyingOperands(Sample sample, DType floating) {
    GraphBuilder graph = new GraphBuilder();
    List<Value> operands = new ArrayList<>(inputs(graph, sample, floating));
    for (int input : overwritten(sample, floating)) {
      Value operand = operands.get(input);
      operands.set(input, graph.apply(new Broadcast(operand.type().shape()), operand));
    }
    List<Value> outputs = graph.add(sample.spec(), operands);
    return new SampleGraph(graph.build(outputs), sample.values(floating), List.of());
  }

  /**
   * The operation as the update of variables; those results that are no update are the graph's
   * outputs.
   */
  static SampleGraph updating(Sample sample, DType floating) {
    GraphBuilder graph = new GraphBuilder();
    List<TensorType> types = sample.types(floating);
    List<Tensor> values = sample.values(floating);
    List<Integer> overwritten = overwritten(sample, floating);
    List<Value> operands = new ArrayList<>();
    List<Tensor> feeds = new ArrayList<>();
    List<Tensor> variables = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      boolean held = overwritten.contains(i);
      operands.add(
          held ? graph.variable("x" + i, types.get(i)) : graph.input("x" + i, types.get(i)));
      (held ? variables : feeds).add(values.get(i));
    }
    List<Value> results = graph.add(sample.spec(), operands);
    List<Value> outputs = new ArrayList<>();
    for (int k = 0; k < results.size(); k++) {
      OptionalInt input = overwrittenBy(sample, k, results.get(k).type(), floating);
      if (input.isPresent()) {
        graph.update(operands.get(input.getAsInt()), results.get(k));
      } else {
        outputs.add(results.get(k));
      }
    }
    return new SampleGraph(graph.build(outputs), feeds, variables);
  }

  /** The operands whose memory some result may take over. */
  static List<Integer> overwritten(Sample sample, DType floating) {
    List<TensorType> results = sample.spec().infer(sample.types(floating));
    List<Integer> operands = new ArrayList<>();
    for (int k = 0; k < results.size(); k++) {
      overwrittenBy(sample, k, results.get(k), floating).ifPresent(operands::add);
    }
    return operands;
  }

  private static OptionalInt overwrittenBy(
      Sample sample, int output, TensorType type, DType floating) {
    OptionalInt input = sample.spec().overwrites(output);
    return input.isPresent() && sample.types(floating).get(input.getAsInt()).equals(type)
        ? input
        : OptionalInt.empty();
  }

  private static List<Value> inputs(GraphBuilder graph, Sample sample, DType floating) {
    List<Value> inputs = new ArrayList<>();
    for (TensorType type : sample.types(floating)) {
      inputs.add(graph.input("x" + inputs.size(), type));
    }
    return inputs;
  }

  /** Runs the graph once; returns its outputs, then the new values of the updated variables. */
  List<Tensor> run(Backend backend) {
    try (Variables held = new Variables(backend);
        Session session = open(backend, held)) {
      session.run();
      return results(session, held);
    }
  }

  /** Opens a session that holds the feeds and the variables. */
  Session open(Backend backend, Variables held) {
    Session session = Session.open(backend, graph, held);
    for (int i = 0; i < feeds.size(); i++) {
      session.feed(graph.inputs().get(i), feeds.get(i));
    }
    for (int i = 0; i < variables.size(); i++) {
      held.write(graph.variables().get(i).name(), variables.get(i));
    }
    return session;
  }

  /** Reads the outputs, then the updated variables. */
  List<Tensor> results(Session session, Variables held) {
    List<Tensor> results = new ArrayList<>();
    graph.outputs().forEach(output -> results.add(session.read(output)));
    for (Update update : graph.updates()) {
      results.add(held.read(update.variable().name()));
    }
    return results;
  }
}
