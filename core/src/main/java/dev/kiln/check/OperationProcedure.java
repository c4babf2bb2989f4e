package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.op.Value;
import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A single operation, forward and, where the case expects gradients, backward. */
final class OperationProcedure implements Procedure {

  @Override
  public Map<String, Tensor> compute(Backend backend, GoldenCase golden) {
    CaseGraph graph = new CaseGraph(golden);
    Map<String, Value> outputs = GoldenOps.named(golden.op()).build(graph);
    graph.checkAllUsed();
    Map<String, Value> results = new LinkedHashMap<>();
    outputs.forEach((name, value) -> {
      if (golden.expected().containsKey(GoldenCase.OUTPUT + name)) {
        results.put(GoldenCase.OUTPUT + name, value);
      }
    });
    Map<Value, Tensor> feeds = new LinkedHashMap<>();
    graph.inputs().forEach((name, value) -> feeds.put(value, golden.input(name)));
    results.putAll(gradients(graph, golden, outputs, feeds));
    return run(backend, graph, results, feeds);
  }

  private static Map<String, Value> gradients(
      CaseGraph graph, GoldenCase golden, Map<String, Value> outputs, Map<Value, Tensor> feeds) {
    List<String> names =
        golden.expected().keySet().stream()
            .filter(key -> key.startsWith(GoldenCase.GRADIENT))
            .toList();
    if (names.isEmpty()) {
      return Map.of();
    }
    List<Value> differentiated = new ArrayList<>();
    List<Value> upstream = new ArrayList<>();
    golden
        .upstream()
        .forEach((name, tensor) -> {
          Value output = outputs.get(name);
          if (output == null || !output.type().equals(tensor.type())) {
            throw new IllegalArgumentException(
                "up.%s is %s, but that result is %s"
                    .formatted(name, tensor.type(), output == null ? "missing" : output));
          }
          Value value = graph.builder().input("up." + name, tensor.type());
          feeds.put(value, tensor);
          differentiated.add(output);
          upstream.add(value);
        });
    if (upstream.isEmpty()) {
      throw new IllegalArgumentException("there are gradients, but no upstream gradient up.*");
    }
    List<Value> sources =
        names.stream()
            .map(name -> graph.input(name.substring(GoldenCase.GRADIENT.length())))
            .toList();
    List<Value> gradients = Autodiff.gradients(graph.builder(), differentiated, upstream, sources);
    Map<String, Value> results = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      results.put(names.get(i), gradients.get(i));
    }
    return results;
  }

  private static Map<String, Tensor> run(
      Backend backend, CaseGraph graph, Map<String, Value> results, Map<Value, Tensor> feeds) {
    List<Value> outputs = List.copyOf(results.values());
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph.builder().build(outputs), variables)) {
      feeds.forEach(session::feed);
      session.run();
      Map<String, Tensor> computed = new LinkedHashMap<>();
      results.forEach((name, value) -> computed.put(name, session.read(value)));
      return computed;
    }
  }
}
