package dev.kiln.models.explain;

import dev.kiln.backend.Backend;
import dev.kiln.graph.Ops;
import dev.kiln.op.Value;
import dev.kiln.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/** One step of a gated recurrent unit with two inputs and two units, gate by gate. */
final class GruExample {

  private static final Shape ROW = Shape.of(1, 2);

  private final Calculation calculation = new Calculation();
  private final Ops ops = calculation.ops();
  private final Value x = calculation.given(ROW, 1, -0.5);
  private final Value h = calculation.given(ROW, 0.4, -0.8);

  private final Gate atReset =
      gate("r", List.of(0.5, -1.0, 1.0, 0.25), List.of(0.75, -0.5, 0.0, 1.0));
  private final Gate atUpdate =
      gate("z", List.of(-0.5, 1.0, 0.5, 2.0), List.of(1.0, 0.5, -1.0, 0.25));
  private final Gate atCandidate =
      gate("n", List.of(1.0, 0.5, -1.0, 1.0), List.of(0.5, -1.0, 1.0, 0.5));

  private final Value reset = ops.sigmoid(ops.add(atReset.fromInput(), atReset.fromState()));
  private final Value update = ops.sigmoid(ops.add(atUpdate.fromInput(), atUpdate.fromState()));
  private final Value kept = ops.mul(reset, atCandidate.fromState());
  private final Value candidate = ops.tanh(ops.add(atCandidate.fromInput(), kept));
  private final Value next =
      ops.add(ops.mul(ops.affine(update, -1, 1), candidate), ops.mul(update, h));

  private GruExample() {}

  private Gate gate(String name, List<Double> input, List<Double> state) {
    return Gate.of(name, calculation, x, h, new Gate.Weights(input, state));
  }

  /** Computes the example and explains it. */
  static Explanation explain(Backend backend) {
    GruExample example = new GruExample();
    List<Value> wanted =
        List.of(
            example.atReset.fromInput(),
            example.atReset.fromState(),
            example.atUpdate.fromInput(),
            example.atUpdate.fromState(),
            example.atCandidate.fromInput(),
            example.atCandidate.fromState(),
            example.reset,
            example.update,
            example.kept,
            example.candidate,
            example.next);
    return new Explanation(
        "One step of a gated recurrent unit",
        example.steps(example.calculation.compute(backend, wanted)));
  }

  private List<ExplanationStep> steps(Calculation.Numbers numbers) {
    return List.of(
        new ExplanationStep(
            "What a step is given",
            "",
            """
            A plain recurrent unit overwrites its state in every step, and forgets. A gated recurrent
            unit learns what to keep: gates between 0 and 1 decide it anew in every step, for each
            unit of the state. Given are an input x and the state h of the step before. Biases are
            left out.\
            """,
            List.of(numbers.table("x [1, 2]", x), numbers.table("h [1, 2]", h))),
        new ExplanationStep(
            "The reset gate",
            "r = sigmoid(W_ir x + W_hr h)",
            "How much of the old state the new candidate may look at: 0 nothing, 1 everything.",
            and(atReset.tables(numbers), numbers.table("r [1, 2]", reset))),
        new ExplanationStep(
            "The update gate",
            "z = sigmoid(W_iz x + W_hz h)",
            "How much of the old state stays as it is: 0 nothing, 1 everything.",
            and(atUpdate.tables(numbers), numbers.table("z [1, 2]", update))),
        new ExplanationStep(
            "The candidate",
            "n = tanh(r * (W_hn h) + W_in x)",
            """
            What the state would become if nothing of it were kept. The reset gate acts on the product
            with the state, not on the state before it: so all three products with h are one.\
            """,
            and(
                atCandidate.tables(numbers),
                numbers.table("r * (W_hn h) [1, 2]", kept),
                numbers.table("n [1, 2]", candidate))),
        new ExplanationStep(
            "The new state",
            "h' = (1 - z) * n + z * h",
            """
            A mixture of candidate and old state. Where z is near 1 the state passes unchanged, and so
            does its gradient on the way back: it does not vanish over many steps.\
            """,
            List.of(numbers.table("h' [1, 2]", next))));
  }

  private static List<Table> and(List<Table> first, Table... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toList();
  }
}
