package dev.kiln.models.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.exec.Session;
import dev.kiln.exec.Variables;
import dev.kiln.graph.GraphBuilder;
import dev.kiln.op.Recurrent;
import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Value;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The recurrent examples: to the digits of the introduction, and as the layers compute them. */
class RecurrentExamplesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whh h0 + bias | 0.567001 0.567001 0.567001",
        "h1            | 0.693168 0.899554 0.802119",
        "whh h1 + bias | 0.863014 0.951149 0.909540",
        "h2            | 0.936534 0.949104 0.762341",
        "h3            | 0.912008 0.930672 0.895834",
        "h4            | 0.910229 0.929611 0.906534"
      })
  void theStatesAreThoseOfTheIntroduction(String name, String expected) {
    double[] digits = numbers(expected);
    assertThat(table(explained("rnn"), name)).containsExactly(digits, within(5e-7));
  }

  @Test
  void aLetterPicksItsColumnOfTheWeights() {
    double[] products = table(explained("rnn"), "wxh x of every step");
    assertThat(Arrays.copyOf(products, 3)).containsExactly(0.287027, 0.902874, 0.537524);
    assertThat(Arrays.copyOfRange(products, 6, 9))
        .containsExactly(Arrays.copyOfRange(products, 9, 12));
  }

  /** The gradients add up as the rules shown say. */
  @Test
  void theGradientsFollowTheRules() {
    Explanation explanation = explained("rnn");
    double[] why = table(explanation, "why");
    double[] atScores = table(explanation, "gradient of y");
    double whh = table(explanation, "whh")[0];
    double[] later = new double[3];
    double[] laterSlope = new double[3];
    double ofWhh = 0;
    for (int step = 4; step >= 1; step--) {
      double[] h = table(explanation, "h" + step);
      double[] shown = table(explanation, "gradient of h" + step);
      for (int unit = 0; unit < 3; unit++) {
        double expected = whh * laterSlope[unit] * later[unit];
        for (int letter = 0; letter < 4; letter++) {
          expected += why[letter * 3 + unit] * atScores[(step - 1) * 4 + letter];
        }
        assertThat(shown[unit]).isCloseTo(expected, within(1e-14));
        double before = step == 1 ? 0 : table(explanation, "h" + (step - 1))[unit];
        ofWhh += shown[unit] * (1 - h[unit] * h[unit]) * before;
      }
      later = shown;
      laterSlope = Arrays.stream(h).map(value -> 1 - value * value).toArray();
    }
    assertThat(table(explanation, "gradient of whh")[0]).isCloseTo(ofWhh, within(1e-14));
  }

  @Test
  void theRecurrentLayerComputesTheSameStates() {
    Explanation explanation = explained("rnn");
    List<Double> weights = new ArrayList<>();
    append(weights, table(explanation, "wxh [3, 4]"));
    double whh = table(explanation, "whh")[0];
    append(weights, new double[] {whh, 0, 0, 0, whh, 0, 0, 0, whh});
    double bias = table(explanation, "bias")[0];
    append(weights, new double[] {bias, bias, bias, 0, 0, 0});
    Tensor letters = Tensor.of(Shape.of(1, 4, 4), table(explanation, "h, e, l, l"));
    Recurrent spec = Recurrent.of(RecurrentCell.RNN_TANH, 3);
    double[] states = run(spec, letters, weights, new double[3]).getFirst().toDoubleArray();
    for (int step = 1; step <= 4; step++) {
      assertThat(Arrays.copyOfRange(states, 3 * step - 3, 3 * step))
          .containsExactly(table(explanation, "h" + step), within(1e-15));
    }
  }

  @Test
  void theGatedRecurrentUnitsLayerComputesTheSameState() {
    Explanation explanation = explained("gru");
    Recurrent spec = Recurrent.of(RecurrentCell.GRU, 2);
    assertThat(step(explanation, spec, List.of("r", "z", "n")).getFirst())
        .containsExactly(table(explanation, "h' "), within(1e-15));
  }

  @Test
  void theLongShortTermMemorysLayerComputesTheSameStateAndMemory() {
    Explanation explanation = explained("lstm");
    Recurrent spec = Recurrent.of(RecurrentCell.LSTM, 2);
    List<double[]> results = step(explanation, spec, List.of("i", "f", "g", "o"));
    assertThat(results.get(0)).containsExactly(table(explanation, "h' "), within(1e-15));
    assertThat(results.get(2)).containsExactly(table(explanation, "c' "), within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "gru", "lstm"})
  void linesAreNotTooLong(String name) {
    assertThat(explained(name).render().lines())
        .hasSizeGreaterThan(30)
        .allMatch(line -> line.length() <= 100);
  }

  /** One step of a cell with the weights, the input and the states of an explanation. */
  private static List<double[]> step(Explanation explanation, Recurrent spec, List<String> gates) {
    List<Double> weights = new ArrayList<>();
    gates.forEach(gate -> append(weights, table(explanation, "W_i%s [".formatted(gate))));
    gates.forEach(gate -> append(weights, table(explanation, "W_h%s [".formatted(gate))));
    append(weights, new double[4 * gates.size()]);
    List<double[]> states = new ArrayList<>(List.of(table(explanation, "h [")));
    if (spec.cell().hasMemory()) {
      states.add(table(explanation, "c ["));
    }
    Tensor x = Tensor.of(Shape.of(1, 1, 2), table(explanation, "x ["));
    return run(spec, x, weights, states.toArray(double[][]::new)).stream()
        .map(Tensor::toDoubleArray)
        .toList();
  }

  /** The outputs of a stack but the reserve. */
  private static List<Tensor> run(
      Recurrent spec, Tensor x, List<Double> weights, double[]... states) {
    GraphBuilder graph = new GraphBuilder();
    List<Tensor> feeds = new ArrayList<>(List.of(x));
    double[] flat = weights.stream().mapToDouble(Double::doubleValue).toArray();
    feeds.add(Tensor.of(Shape.of(flat.length), flat));
    for (double[] state : states) {
      feeds.add(Tensor.of(Shape.of(1, 1, state.length), state));
    }
    List<Value> inputs = new ArrayList<>();
    feeds.forEach(feed -> inputs.add(graph.input("in", TensorType.of(DType.F64, feed.shape()))));
    List<Value> outputs = graph.add(spec, inputs).subList(0, 1 + spec.states());
    try (Backend backend = Backends.open("reference", 0);
        Variables variables = new Variables(backend);
        Session session = Session.open(backend, graph.build(outputs), variables)) {
      for (int i = 0; i < feeds.size(); i++) {
        session.feed(inputs.get(i), feeds.get(i));
      }
      session.run();
      return outputs.stream().map(session::read).toList();
    }
  }

  private static Explanation explained(String name) {
    try (Backend backend = Backends.open("reference", 0)) {
      return Explanation.of(name, backend);
    }
  }

  private static double[] table(Explanation explanation, String name) {
    return explanation.steps().stream()
        .flatMap(step -> step.tables().stream())
        .filter(table -> table.name().startsWith(name))
        .findFirst()
        .orElseThrow()
        .values()
        .toDoubleArray();
  }

  private static void append(List<Double> list, double[] values) {
    Arrays.stream(values).forEach(list::add);
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.trim().split(" ")).mapToDouble(Double::parseDouble).toArray();
  }
}
