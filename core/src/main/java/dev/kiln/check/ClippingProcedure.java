package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Pack;
import dev.kiln.op.Value;
import dev.kiln.op.View;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Clip;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Clipping by the norm of all gradients together: takes any number of gradients and gives each one
 * clipped, under its own name, and their {@code norm} before that.
 */
final class ClippingProcedure implements Procedure {

  @Override
  public Map<String, Tensor> compute(Backend backend, GoldenCase golden) {
    Clip clip = new Clip.ByNorm(golden.attributes().number("max_norm"));
    golden.attributes().checkAllUsed();
    GraphBuilder graph = new GraphBuilder();
    Map<Value, Tensor> feeds = new LinkedHashMap<>();
    golden.inputs().forEach((name, value) -> feeds.put(graph.input(name, value.type()), value));
    List<Value> gradients = List.copyOf(feeds.keySet());
    List<Long> offsets = new ArrayList<>();
    long length = 0;
    for (Value gradient : gradients) {
      offsets.add(length);
      length += gradient.type().elements();
    }
    Value packed = graph.add(new Pack(offsets, length), gradients).getFirst();
    Value clipped = clip.apply(graph, packed);
    Map<String, Value> results = new LinkedHashMap<>();
    for (int i = 0; i < gradients.size(); i++) {
      View view = new View(offsets.get(i), gradients.get(i).shape());
      results.put(GoldenCase.OUTPUT + gradients.get(i).name(), graph.apply(view, clipped));
    }
    results.put("out.norm", Clip.ByNorm.norm(graph, packed));
    try (Variables variables = new Variables(backend);
        Session session =
            Session.open(backend, graph.build(List.copyOf(results.values())), variables)) {
      feeds.forEach(session::feed);
      session.run();
      Map<String, Tensor> computed = new LinkedHashMap<>();
      results.forEach((name, value) -> computed.put(name, session.read(value)));
      return computed;
    }
  }
}
