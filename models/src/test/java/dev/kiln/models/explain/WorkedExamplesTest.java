package dev.kiln.models.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers of the introduction that the examples are taken from, to the digits given there. */
class WorkedExamplesTest {

  private static Explanation mlp;
  private static Explanation convolution;

  @BeforeAll
  static void compute() {
    try (Backend backend = Backends.open("reference", 0)) {
      mlp = Explanation.of("mlp", backend);
      convolution = Explanation.of("convolution", backend);
    }
  }

  @AfterAll
  static void forget() {
    mlp = null;
    convolution = null;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hidden input      | 1.48 1.78 1.10 2.40 1.89 1.62 1.48 1.56 1.28",
        "hidden activation | 0.814573 0.855697 0.750260 0.916827 0.868756 0.834795 0.814573"
            + " 0.826353 0.782450",
        "output [3, 1]     | 0.789324 0.798064 0.789335",
        "E                 | 0.21 0.20 -0.79",
        "slope of output   | 0.166292 0.161158 0.166285",
        "delta of output   | 0.035034 0.032543 -0.131255",
        "error at hidden   | 0.010510 0.008758 0.008058 0.009763 0.008136 0.007485 -0.039376"
            + " -0.032814 -0.030189",
        "delta of hidden   | 0.001587 0.001081 0.001510 0.000744 0.000928 0.001032 -0.005948"
            + " -0.004709 -0.005139",
        "new wout          | 0.295146 0.244979 0.225075",
        "new bout          | 0.683632",
        "new bh            | 0.459638 0.719730 0.079740",
        "output in step 5000 | 0.977605 0.965990 0.047311"
      })
  void multiLayerPerceptron(String table, String expected) {
    assertShows(table(mlp, table), expected);
  }

  @Test
  void multiLayerPerceptronsLastRowOfNewHiddenWeights() {
    double[] weight = table(mlp, "new wh").values().toDoubleArray();
    assertThat(Arrays.copyOfRange(weight, 9, 12))
        .containsExactly(new double[] {0.919480, 0.109622, 0.519589}, within(5e-7));
  }

  /** Printed there for "thousands of iterations", without their number. */
  @Test
  void multiLayerPerceptronComesCloseToWhatThousandsOfIterationsGave() {
    assertThat(table(mlp, "output in step 5000").values().toDoubleArray())
        .containsExactly(new double[] {0.98032, 0.96846, 0.04532}, within(0.003));
  }

  @Test
  void multiLayerPerceptronsGradientsAreMinusTheDeltasTimesTheInputs() {
    double[] delta = table(mlp, "delta of hidden").values().toDoubleArray();
    double[] gradient = table(mlp, "gradient of wh").values().toDoubleArray();
    // The first feature is on in samples 1 and 2, the second in sample 3 alone.
    for (int unit = 0; unit < 3; unit++) {
      assertThat(gradient[unit]).isCloseTo(-delta[unit] - delta[3 + unit], within(1e-15));
      assertThat(gradient[3 + unit]).isCloseTo(-delta[6 + unit], within(1e-15));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stride 1     | 429 505 686 856 261 792 412 640 633 653 851 751 608 913 713 657",
        "stride 2     | 429 686 633 851",
        "same padding | 139 184 250 409 410 283 133 429 505 686 856 441 310 261 792 412 640 341 280"
            + " 633 653 851 751 317 254 608 913 713 657 503 321 325 592 517 637 78",
        "max pooling  | 792 856 913 851",
        "gradient of the stride 1 result | 0 0 0 1 0 1 0 0 0 0 1 0 0 1 0 0"
      })
  void convolution(String table, String expected) {
    assertShows(table(convolution, table), expected);
  }

  /** The image's four windows at [0, 3], [1, 1], [2, 2] and [3, 1], added up by other software. */
  @Test
  void convolutionsFilterGradientIsTheSumOfTheWindowsThatWon() {
    assertShows(
        table(convolution, "gradient of the filter"), "718 536 610 459 759 385 577 552 748");
  }

  @Test
  void convolutionExplainsTheSizes() {
    assertThat(convolution.render())
        .contains("18 * 1 + 51 * 1 + 121 * 1 + 35 * 1 + 204 * 1 = 429")
        .contains("(W - F + 2 P) / S + 1")
        .contains("\n    6x6x1 by 1 filter of 3x3, stride 2, padding 0 -> 2x2x1\n")
        .contains("\n    32x32x3 by 10 filters of 3x3, stride 1, padding 0 -> 30x30x10\n");
  }

  @Test
  void rendersStepsWithTheirRulesAndTables() {
    assertThat(mlp.render())
        .startsWith("A multi-layer perceptron learns by gradient descent")
        .contains("\n2. Forward: what arrives at the hidden units\n-----")
        .contains("\n    hidden input = X wh + bh\n")
        .contains(
            """
              new wout [3, 1]
                0.295146
                0.244979
                0.225075
            """
                .indent(0));
    assertThat(mlp.render().lines()).allMatch(line -> line.length() <= 100);
    assertThat(convolution.render().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void anUnknownExampleIsAnsweredWithTheKnownOnes() {
    try (Backend backend = Backends.open("reference", 0)) {
      assertThatThrownBy(() -> Explanation.of("convolutions", backend))
          .hasMessageStartingWith("there is no example 'convolutions'; the examples are mlp, conv")
          .hasMessageEndingWith("did you mean 'convolution'?");
    }
  }

  private static Table table(Explanation explanation, String name) {
    return explanation.steps().stream()
        .flatMap(step -> step.tables().stream())
        .filter(table -> table.name().startsWith(name))
        .findFirst()
        .orElseThrow();
  }

  /** Compares to as many digits as are given. */
  private static void assertShows(Table table, String expected) {
    String[] digits = expected.trim().split(" ");
    int decimals = digits[0].contains(".") ? digits[0].length() - digits[0].indexOf('.') - 1 : 0;
    String shown =
        Arrays.stream(table.values().toDoubleArray())
            .mapToObj(value -> String.format("%." + decimals + "f", value))
            .collect(Collectors.joining(" "));
    assertThat(shown).isEqualTo(String.join(" ", digits));
  }
}
