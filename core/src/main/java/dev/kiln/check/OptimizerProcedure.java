package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.Value;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * An optimizer: applies {@code in.grads[i]} one after the other to {@code in.param} and gives the
 * parameter after every step, {@code out.params[i]}.
 */
final class OptimizerProcedure implements Procedure {

  private static final String PARAMETERS = "parameters";

  @Override
  public Map<String, Tensor> compute(Backend backend, GoldenCase golden) {
    Attributes attributes = golden.attributes();
    OptimizerRule rule = OptimizerRules.of(attributes.text("name"), attributes);
    double rate = attributes.number("lr");
    attributes.checkAllUsed();
    Tensor start = golden.input("param");
    Tensor gradients = golden.input("grads");
    int steps = Math.toIntExact(gradients.elements() / start.elements());
    if (!gradients.shape().equals(golden.expected("out.params").shape())
        || gradients.elements() != steps * start.elements()) {
      throw new IllegalArgumentException(
          "grads must hold as many gradients of param %s as params, but is %s"
              .formatted(start.type(), gradients.type()));
    }
    TensorType flat = TensorType.of(start.type().dtype(), Math.toIntExact(start.elements()));
    GraphBuilder graph = new GraphBuilder();
    Value parameters = graph.variable(PARAMETERS, flat);
    Value gradient = graph.input("gradient", flat);
    FlatOptimizer optimizer = FlatOptimizer.add(graph, rule, rate, parameters, gradient);
    Tensor trace = Tensor.allocate(gradients.type());
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph.build(), variables)) {
      variables.write(PARAMETERS, Tensor.wrap(flat, start.data()));
      for (int i = 0; i < steps; i++) {
        session.feed(gradient, Tensor.wrap(flat, part(gradients, i, flat)));
        optimizer.step(session);
        part(trace, i, flat).copyFrom(variables.read(PARAMETERS).data());
      }
    }
    return Map.of("out.params", trace);
  }

  private static MemorySegment part(Tensor all, int index, TensorType flat) {
    return all.data().asSlice(index * flat.bytes(), flat.bytes());
  }
}
