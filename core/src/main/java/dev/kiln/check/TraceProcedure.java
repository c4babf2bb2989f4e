package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Pack;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A short training run: trains a network with cross-entropy on one batch and gives the loss of
 * every step and the final parameters.
 */
final class TraceProcedure implements Procedure {

  private static final String PARAMETERS = "parameters";

  /** Every parameter begins at a multiple of so many elements, as the layers of a network do. */
  private static final int ALIGNMENT = 16;

  @Override
  public Map<String, Tensor> compute(Backend backend, GoldenCase golden) {
    return new Run(golden).train(backend);
  }

  /** One run: the graph of its training step and what has been collected of it. */
  private static final class Run {

    private final GoldenCase golden;
    private final GraphBuilder graph = new GraphBuilder();
    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private final Tensor start;
    private final Value flat;

    Run(GoldenCase golden) {
      this.golden = golden;
      long length = 0;
      for (Map.Entry<String, Tensor> input : golden.inputs().entrySet()) {
        if (!input.getKey().equals("x") && !input.getKey().equals("target")) {
          offsets.put(input.getKey(), length);
          length += (input.getValue().elements() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
      }
      TensorType type = TensorType.of(golden.input("x").type().dtype(), Math.toIntExact(length));
      this.flat = graph.variable(PARAMETERS, type);
      this.start = Tensor.allocate(type);
      offsets.keySet().forEach(name -> part(start, name).copyFrom(golden.input(name).data()));
    }

    private MemorySegment part(Tensor all, String name) {
      TensorType type = golden.input(name).type();
      if (type.dtype() != all.type().dtype()) {
        throw new IllegalArgumentException(
            "in.%s is %s, but x is %s".formatted(name, type, all.type().dtype()));
      }
      long offset = Objects.requireNonNull(offsets.get(name), name);
      return all.data().asSlice(offset * type.dtype().bytes(), type.bytes());
    }

    Map<String, Tensor> train(Backend backend) {
      Attributes attributes = golden.attributes();
      TracedNetwork network = new TracedNetwork(graph, this::parameter);
      Value x = graph.input("x", golden.input("x").type());
      Value target = graph.input("target", golden.input("target").type());
      Value loss = network.loss(TracedModel.parse(attributes.text("model")), x, target);
      FlatOptimizer optimizer = optimizer(loss, network.parameters());
      Tensor losses = Tensor.allocate(TensorType.of(x.type().dtype(), attributes.integer("steps")));
      attributes.checkAllUsed();
      try (Variables variables = new Variables(backend);
          Session session = Session.open(backend, graph.build(loss), variables)) {
        variables.write(PARAMETERS, start);
        session.feed(x, golden.input("x"));
        session.feed(target, golden.input("target"));
        for (int i = 0; i < losses.elements(); i++) {
          optimizer.step(session);
          losses.set(i, session.read(loss).item());
        }
        return results(losses, variables.read(PARAMETERS));
      }
    }

    /** The view of a parameter, which the network asks for once. */
    private Value parameter(String name) {
      Long offset = offsets.get(name);
      if (offset == null) {
        throw new IllegalArgumentException("the parameter in." + name + " is missing");
      }
      return graph.apply(new View(offset, golden.input(name).shape()), flat);
    }

    private FlatOptimizer optimizer(Value loss, Map<String, Value> parameters) {
      if (!parameters.keySet().equals(offsets.keySet())) {
        throw new IllegalArgumentException(
            "the model has the parameters %s, but the case gives %s"
                .formatted(parameters.keySet(), offsets.keySet()));
      }
      List<Value> views = offsets.keySet().stream().map(parameters::get).toList();
      List<Value> gradients = Autodiff.gradients(graph, loss, views);
      Pack pack = new Pack(List.copyOf(offsets.values()), flat.type().elements());
      Attributes attributes = golden.attributes();
      return FlatOptimizer.add(
          graph,
          OptimizerRules.of(attributes.text("optimizer"), attributes),
          attributes.number("lr"),
          flat,
          graph.add(pack, gradients).getFirst());
    }

    private Map<String, Tensor> results(Tensor losses, Tensor end) {
      Map<String, Tensor> results = new LinkedHashMap<>(Map.of("out.losses", losses));
      for (String name : offsets.keySet()) {
        Tensor parameter = Tensor.wrap(golden.input(name).type(), part(end, name));
        results.put(GoldenCase.OUTPUT + name, parameter);
      }
      return results;
    }
  }
}
