package dev.kiln.models.explain;

import dev.kiln.backend.Backend;
import dev.kiln.graph.Ops;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One step of a long short-term memory with two inputs and two units, gate by gate. */
final class LstmExample {

  private static final Shape ROW = Shape.of(1, 2);

  private final Calculation calculation = new Calculation();
  private final Ops ops = calculation.ops();
  private final Value x = calculation.given(ROW, 1, -0.5);
  private final Value h = calculation.given(ROW, 0.4, -0.8);
  private final Value c = calculation.given(ROW, 1.5, -0.25);

  private final Gate atForget =
      gate("f", List.of(1.0, 0.5, 2.0, -1.0), List.of(0.5, -0.25, 1.0, 0.75));
  private final Gate atInput =
      gate("i", List.of(0.5, -1.0, 1.0, 0.25), List.of(0.75, -0.5, 0.0, 1.0));
  private final Gate atCandidate =
      gate("g", List.of(1.0, 0.5, -1.0, 1.0), List.of(0.5, -1.0, 1.0, 0.5));
  private final Gate atOutput =
      gate("o", List.of(-0.5, 1.0, 0.5, 2.0), List.of(1.0, 0.5, -1.0, 0.25));

  private final Value forget = ops.sigmoid(sum(atForget));
  private final Value input = ops.sigmoid(sum(atInput));
  private final Value candidate = ops.tanh(sum(atCandidate));
  private final Value output = ops.sigmoid(sum(atOutput));

  private final Value keptMemory = ops.mul(forget, c);
  private final Value newMemory = ops.mul(input, candidate);
  private final Value nextC = ops.add(keptMemory, newMemory);
  private final Value nextH = ops.mul(output, ops.tanh(nextC));

  private LstmExample() {}

  private Gate gate(String name, List<Double> input, List<Double> state) {
    return Gate.of(name, calculation, x, h, new Gate.Weights(input, state));
  }

  private Value sum(Gate gate) {
    return ops.add(gate.fromInput(), gate.fromState());
  }

  /** Computes the example and explains it. */
  static Explanation explain(Backend backend) {
    LstmExample example = new LstmExample();
    List<Value> wanted =
        new ArrayList<>(
            List.of(
                example.forget,
                example.input,
                example.output,
                example.candidate,
                example.keptMemory,
                example.newMemory,
                example.nextC,
                example.nextH));
    for (Gate gate :
        List.of(example.atForget, example.atInput, example.atCandidate, example.atOutput)) {
      wanted.addAll(List.of(gate.fromInput(), gate.fromState()));
    }
    return new Explanation(
        "One step of a long short-term memory",
        example.steps(example.calculation.compute(backend, wanted)));
  }

  private List<ExplanationStep> steps(Calculation.Numbers numbers) {
    return List.of(
        new ExplanationStep(
            "What a step is given",
            "",
            """
            A long short-term memory carries two things from step to step: the state h, which the rest
            of the network sees, and a memory c, which only its gates touch. Given are an input x and
            both of the step before. Biases are left out.\
            """,
            List.of(
                numbers.table("x [1, 2]", x),
                numbers.table("h [1, 2]", h),
                numbers.table("c [1, 2]", c))),
        new ExplanationStep(
            "The forget gate",
            "f = sigmoid(W_if x + W_hf h)",
            "How much of the memory stays: 0 nothing, 1 everything.",
            and(atForget.tables(numbers), numbers.table("f [1, 2]", forget))),
        new ExplanationStep(
            "The candidate",
            "g = tanh(W_ig x + W_hg h)",
            "What could be added to the memory.",
            and(atCandidate.tables(numbers), numbers.table("g [1, 2]", candidate))),
        new ExplanationStep(
            "The input gate",
            "i = sigmoid(W_ii x + W_hi h)",
            "How much of the candidate is added: 0 nothing, 1 everything.",
            and(atInput.tables(numbers), numbers.table("i [1, 2]", input))),
        new ExplanationStep(
            "The new memory",
            "c' = f * c + i * g",
            """
            The memory changes by addition alone. On the way back its gradient is only multiplied by
            f: where the gate is open, errors reach steps long past.\
            """,
            List.of(
                numbers.table("f * c [1, 2]", keptMemory),
                numbers.table("i * g [1, 2]", newMemory),
                numbers.table("c' [1, 2]", nextC))),
        new ExplanationStep(
            "The output gate and the new state",
            "o = sigmoid(W_io x + W_ho h)\nh' = o * tanh(c')",
            "The output gate decides how much of the memory the rest of the network sees.",
            and(
                atOutput.tables(numbers),
                numbers.table("o [1, 2]", output),
                numbers.table("h' [1, 2]", nextH))));
  }

  private static List<Table> and(List<Table> first, Table... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toList();
  }
}
