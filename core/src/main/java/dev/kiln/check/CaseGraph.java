package dev.kiln.check;

import dev.kiln.graph.GraphBuilder;
import dev.kiln.graph.Ops;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Value;
import dev.kiln.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** A graph with an input for every input of a golden case that its construction asks for. */
final class CaseGraph {

  private final GraphBuilder builder = new GraphBuilder();
  private final GoldenCase golden;
  private final Map<String, Value> inputs = new LinkedHashMap<>();

  CaseGraph(GoldenCase golden) {
    this.golden = golden;
  }

  GraphBuilder builder() {
    return builder;
  }

  Ops ops() {
    return builder.ops();
  }

  Attributes attributes() {
    return golden.attributes();
  }

  boolean has(String name) {
    return golden.inputs().containsKey(name);
  }

  /**
   * Returns an input of the case.
   *
   * @throws IllegalArgumentException if the case has none of this name
   */
  Value input(String name) {
    Tensor value = golden.input(name);
    return inputs.computeIfAbsent(name, key -> builder.input(key, value.type()));
  }

  /** Adds an operation on some inputs and returns its first output as {@code y}. */
  Map<String, Value> y(OpSpec spec, String... names) {
    Value[] operands = new Value[names.length];
    for (int i = 0; i < names.length; i++) {
      operands[i] = input(names[i]);
    }
    return Map.of("y", builder.apply(spec, operands));
  }

  /** Returns the inputs asked for so far, by name. */
  Map<String, Value> inputs() {
    return inputs;
  }

  /**
   * Checks that the construction asked for every input of the case.
   *
   * @throws IllegalArgumentException if it did not
   */
  void checkAllUsed() {
    for (String name : golden.inputs().keySet()) {
      if (!inputs.containsKey(name)) {
        throw new IllegalArgumentException("the input in." + name + " is not understood");
      }
    }
    golden.attributes().checkAllUsed();
  }
}
