package dev.kiln.models.explain;

import dev.kiln.backend.Backend;
import dev.kiln.graph.Autodiff;
import dev.kiln.graph.Ops;
import dev.kiln.op.OneHot;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A recurrent network of three units reads the letters h, e, l, l and is to say the next one each
 * time; one pass forward, and backpropagation through time.
 */
final class RecurrentExample {

  private static final String LETTERS = "hell";
  private static final int STEPS = LETTERS.length();
  private static final int UNITS = 3;
  private static final int VOCABULARY = 4;

  private final Calculation calculation = new Calculation();
  private final Ops ops = calculation.ops();
  private final Value wxh =
      calculation.given(
          Shape.of(UNITS, VOCABULARY),
          0.287027,
          0.846060,
          0.572392,
          0.486813,
          0.902874,
          0.871522,
          0.691079,
          0.189980,
          0.537524,
          0.092240,
          0.558159,
          0.491528);
  private final Value whh = calculation.given(Tensor.of(Shape.SCALAR, new double[] {0.427043}));
  private final Value bias = calculation.given(Tensor.of(Shape.SCALAR, new double[] {0.567001}));
  private final Value why =
      calculation.given(
          Shape.of(VOCABULARY, UNITS),
          0.371682,
          0.974829,
          0.830035,
          0.391410,
          0.282586,
          0.659836,
          0.649854,
          0.098216,
          0.334287,
          0.912555,
          0.325819,
          0.144630);
  private final Value letters =
      calculation
          .graph()
          .apply(
              new OneHot(VOCABULARY, DType.F64),
              calculation.given(Tensor.of(Shape.of(STEPS), 0L, 1L, 2L, 2L)));
  private final Value next = calculation.given(Tensor.of(Shape.of(STEPS), 1L, 2L, 2L, 3L));

  private final Value fromInput = ops.linear(letters, wxh);
  private final List<Value> fromState = new ArrayList<>();
  private final List<Value> states = new ArrayList<>();
  private final Value scores;
  private final Value probabilities;
  private final Value loss;
  private final List<Value> gradients;

  private RecurrentExample() {
    Value h = ops.fill(DType.F64, Shape.of(1, UNITS), 0);
    for (int step = 0; step < STEPS; step++) {
      Value recurrent = ops.add(ops.mul(whh, h), bias);
      h = ops.tanh(ops.add(ops.slice(fromInput, 0, step, step + 1), recurrent));
      fromState.add(recurrent);
      states.add(h);
    }
    scores = ops.linear(ops.concat(0, states.toArray(Value[]::new)), why);
    probabilities = ops.softmax(scores, 1);
    loss = ops.affine(ops.crossEntropy(scores, next), STEPS, 0);
    List<Value> sources = new ArrayList<>(List.of(scores));
    sources.addAll(states);
    sources.addAll(List.of(wxh, whh, bias, why));
    gradients = Autodiff.gradients(calculation.graph(), loss, sources);
  }

  /** Computes the example and explains it. */
  static Explanation explain(Backend backend) {
    RecurrentExample example = new RecurrentExample();
    List<Value> wanted =
        new ArrayList<>(
            List.of(
                example.letters,
                example.fromInput,
                example.scores,
                example.probabilities,
                example.loss));
    wanted.addAll(example.fromState);
    wanted.addAll(example.states);
    wanted.addAll(example.gradients);
    return new Explanation(
        "A recurrent network reads h, e, l, l",
        example.steps(example.calculation.compute(backend, wanted)));
  }

  private List<ExplanationStep> steps(Calculation.Numbers numbers) {
    List<ExplanationStep> steps = new ArrayList<>();
    steps.add(
        new ExplanationStep(
            "Letters as vectors",
            "",
            """
            The network knows the letters h, e, l and o. Each becomes a vector that is 1 at its own
            place and 0 elsewhere: one-hot. The word is read letter by letter.\
            """,
            List.of(numbers.table("h, e, l, l [4, 4]", letters))));
    steps.add(
        new ExplanationStep(
            "The weights",
            "",
            """
            The weights wxh lead from the letter to the three units, whh from each unit's state of one
            step to its state of the next (here one number for all of them), why from the units to a
            score for every letter. All steps share them.\
            """,
            List.of(
                numbers.table("wxh [3, 4]", wxh),
                numbers.table("whh", whh),
                numbers.table("bias", bias),
                numbers.table("why [4, 3]", why))));
    steps.add(
        new ExplanationStep(
            "Forward: what the letters add",
            "input part = wxh x",
            "A one-hot vector picks a column of wxh. This needs no state: all steps at once.",
            List.of(numbers.table("wxh x of every step [4, 3]", fromInput))));
    for (int step = 0; step < STEPS; step++) {
      steps.add(forward(numbers, step));
    }
    steps.add(
        new ExplanationStep(
            "Forward: the next letter",
            "y = why h\n"
                + "probability = softmax(y)\n"
                + "loss = - sum of log(probability of the next letter)",
            """
            Every state gives a score for each letter, and softmax makes probabilities of them. The
            letters that should follow are e, l, l and o; the loss is the sum of what each step's
            answer costs. The weights are not trained yet, so the answers are wrong.\
            """,
            List.of(
                numbers.table("y [4, 4]", scores),
                numbers.table("probability [4, 4]", probabilities),
                numbers.table("loss", loss))));
    steps.add(
        new ExplanationStep(
            "Backward: at the scores",
            "gradient of y = probability - target",
            "For each step: the probabilities, less 1 at the letter that should follow.",
            List.of(numbers.table("gradient of y [4, 4]", gradients.getFirst()))));
    steps.add(
        new ExplanationStep(
            "Backward: through time",
            """
            gradient of h[t] = why' gradient of y[t] + whh slope[t + 1] gradient of h[t + 1]
            slope[t] = 1 - h[t] h[t]\
            """,
            """
            A state matters twice: to its own step's answer, and to the state after it. So the
            gradients are computed from the last step to the first, each adding what comes back from
            the step after it. This is backpropagation through time. The factor whh times slope is
            below 1 here, so that early steps hear ever less of late errors: the gradient vanishes.\
            """,
            backwardTables(numbers)));
    int shared = 1 + STEPS;
    steps.add(
        new ExplanationStep(
            "Backward: the weights",
            """
            gradient of wxh = sum over t of (slope[t] gradient of h[t]) x[t]'
            gradient of whh = sum over t of (slope[t] gradient of h[t]) . h[t - 1]\
            """,
            "All steps share the weights, so each weight's gradient is the sum over the steps.",
            List.of(
                numbers.table("gradient of wxh [3, 4]", gradients.get(shared)),
                numbers.table("gradient of whh", gradients.get(shared + 1)),
                numbers.table("gradient of bias", gradients.get(shared + 2)),
                numbers.table("gradient of why [4, 3]", gradients.get(shared + 3)))));
    return steps;
  }

  private ExplanationStep forward(Calculation.Numbers numbers, int step) {
    int count = step + 1;
    String text =
        step == 0
            ? "Before the first letter the state is zero, so only the bias is added."
            : "The state of the step before comes in through whh: this is the memory.";
    return new ExplanationStep(
        "Forward: step %d reads %s".formatted(count, LETTERS.charAt(step)),
        "h%d = tanh(wxh x + whh h%d + bias)".formatted(count, step),
        text,
        List.of(
            numbers.table("whh h%d + bias [1, 3]".formatted(step), fromState.get(step)),
            numbers.table("h%d [1, 3]".formatted(count), states.get(step))));
  }

  private List<Table> backwardTables(Calculation.Numbers numbers) {
    List<Table> tables = new ArrayList<>();
    for (int step = STEPS; step >= 1; step--) {
      tables.add(numbers.table("gradient of h%d [1, 3]".formatted(step), gradients.get(step)));
    }
    return tables;
  }
}
