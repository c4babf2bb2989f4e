package dev.kiln.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.backend.Backend;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Dropout;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.RecurrentWeights;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Runs the golden cases of recurrent stacks, {@code rnn_tanh}, {@code rnn_relu}, {@code gru} and
 * {@code lstm}: puts PyTorch's named tensors together as the operation takes them, and takes its
 * gradients apart again.
 */
public final class GoldenRecurrent {

  /** The names of the operations whose cases this runs. */
  public static final Set<String> OPERATIONS = Set.of("rnn_tanh", "rnn_relu", "gru", "lstm");

  private static final String LENGTHS = "in.lengths";

  private final Map<String, Tensor> tensors;
  private final Recurrent spec;
  private final RecurrentWeights layout;

  private GoldenRecurrent(String operation, String attributes, Map<String, Tensor> tensors)
      throws JsonProcessingException {
    this.tensors = tensors;
    JsonNode attrs = new ObjectMapper().readTree(attributes);
    this.spec =
        new Recurrent(
            RecurrentCell.valueOf(operation.toUpperCase(Locale.ROOT)),
            attrs.required("hidden").asInt(),
            attrs.required("layers").asInt(),
            attrs.required("bidirectional").asBoolean(),
            tensors.containsKey(LENGTHS),
            new Dropout(0, 0));
    this.layout = spec.weights(tensor("in.x").shape().dim(2));
  }

  /**
   * Runs a case forward and back.
   *
   * @param backend what computes it
   * @param metadata the file's metadata: {@code op}, {@code attrs}, {@code rtol}, {@code atol}
   * @param tensors the file's tensors by name
   * @return for every expected tensor the element that uses up most of what is allowed
   * @throws JsonProcessingException if the attributes are no JSON
   * @throws IllegalArgumentException if an attribute is missing or an expected tensor has another
   *     shape than the result
   */
  public static List<Deviation> run(
      Backend backend, Map<String, String> metadata, Map<String, Tensor> tensors)
      throws JsonProcessingException {
    GoldenRecurrent golden =
        new GoldenRecurrent(required(metadata, "op"), required(metadata, "attrs"), tensors);
    Tolerance tolerance =
        new Tolerance(
            Double.parseDouble(required(metadata, "rtol")),
            Double.parseDouble(required(metadata, "atol")));
    return golden.results(backend).entrySet().stream()
        .map(got -> tolerance.worst(got.getKey(), got.getValue(), required(tensors, got.getKey())))
        .toList();
  }

  private Tensor tensor(String name) {
    return required(tensors, name);
  }

  private static <T> T required(Map<String, T> entries, String name) {
    T found = entries.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "the case lacks '%s'; it has %s".formatted(name, entries.keySet()));
    }
    return found;
  }

  private Map<String, Tensor> results(Backend backend) {
    List<String> states = spec.cell().hasMemory() ? List.of("h", "c") : List.of("h");
    GraphBuilder graph = new GraphBuilder();
    List<Tensor> feeds = new ArrayList<>(List.of(tensor("in.x"), flatWeights()));
    states.forEach(state -> feeds.add(tensor("in." + state + "_0")));
    if (spec.ragged()) {
      feeds.add(tensor(LENGTHS));
    }
    List<Value> inputs = new ArrayList<>();
    feeds.forEach(feed -> inputs.add(graph.input("in", feed.type())));
    List<String> names = new ArrayList<>(List.of("y"));
    states.forEach(state -> names.add(state + "_n"));
    List<Value> outputs = graph.add(spec, inputs).subList(0, names.size());
    List<Value> upstream = new ArrayList<>();
    for (String name : names) {
      Tensor gradient = tensor("up." + name);
      feeds.add(gradient);
      upstream.add(graph.input("up", gradient.type()));
    }
    List<Value> all = new ArrayList<>(outputs);
    all.addAll(Autodiff.gradients(graph, outputs, upstream, inputs.subList(0, 2 + states.size())));
    List<Tensor> got = run(backend, graph, all, feeds);
    Map<String, Tensor> results = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      results.put("out." + names.get(i), got.get(i));
    }
    results.put("grad.x", got.get(names.size()));
    splitWeights(got.get(names.size() + 1), results);
    for (int i = 0; i < states.size(); i++) {
      results.put("grad." + states.get(i) + "_0", got.get(names.size() + 2 + i));
    }
    return results;
  }

  private static List<Tensor> run(
      Backend backend, GraphBuilder graph, List<Value> results, List<Tensor> feeds) {
    try (Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph.build(results), variables)) {
      for (int i = 0; i < feeds.size(); i++) {
        session.feed(session.plan().graph().inputs().get(i), feeds.get(i));
      }
      session.run();
      return results.stream().map(session::read).toList();
    }
  }

  private Tensor flatWeights() {
    Tensor flat =
        Tensor.allocate(
            TensorType.of(
                tensor("in.x").type().dtype(), Shape.of(Math.toIntExact(layout.length()))));
    for (RecurrentWeights.Part part : layout.parts()) {
      Tensor weight = tensor("in." + part.name());
      for (long i = 0; i < weight.elements(); i++) {
        flat.set(part.offset() + i, weight.get(i));
      }
    }
    return flat;
  }

  private void splitWeights(Tensor flat, Map<String, Tensor> results) {
    for (RecurrentWeights.Part part : layout.parts()) {
      Tensor weight = Tensor.allocate(TensorType.of(flat.type().dtype(), part.shape()));
      for (long i = 0; i < weight.elements(); i++) {
        weight.set(i, flat.get(part.offset() + i));
      }
      results.put("grad." + part.name(), weight);
    }
  }
}
