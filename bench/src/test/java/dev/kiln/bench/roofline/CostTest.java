package dev.kiln.bench.roofline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.bench.workload.Workload;
import dev.kiln.bench.workload.Workloads;
import dev.kiln.exec.Step;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CostTest {

  /**
   * Products of a training step counted by hand, in multiplications with additions: each product
   * forward, for the gradient of its weight, and, after the first layer, for that of its input.
   */
  @ParameterizedTest
  @CsvSource({
    "mlp, 2 * (64*784*128) + 3 * (64*128*10)",
    "gru, 3 * (64*28*3*128*(28+128)) + 3 * (64*128*10)",
  })
  void everyProductIsCounted(String name, String products) {
    assertThat(operations(Workloads.find(name)))
        .isCloseTo(2 * value(products), within(0.1 * value(products)));
  }

  /** The backend leaves out the gradient of a recurrent network's input, which is data. */
  @ParameterizedTest
  @ValueSource(strings = {"gru", "lstm"})
  void aGradientThatIsLeftOutCostsNothing(String name) {
    int gates = name.equals("gru") ? 3 : 4;
    double ofInput = 64.0 * 28 * gates * 128 * 28;
    double ofState = 64.0 * 28 * gates * 128 * 128;
    double linear = 64.0 * 128 * 10;
    assertThat(operations("onednn", Workloads.find(name)))
        .isEqualTo(2 * (2 * ofInput + 3 * ofState + 3 * linear));
  }

  @Test
  void aConvolutionCostsAProductForEveryElementOfItsResult() {
    Workload lenet = Workloads.find("lenet-64");
    double first = 64.0 * 20 * 24 * 24 * 25;
    double second = 64.0 * 50 * 8 * 8 * 20 * 25;
    double linear = 64.0 * (800 * 500 + 500 * 10);
    assertThat(operations(lenet)).isEqualTo(2 * (2 * first + 3 * second + 3 * linear));
  }

  @Test
  void theRoofIsTheSlowerOfArithmeticAndMemory() {
    Roof roof = new Roof(100, 10);
    assertThat(new Cost(200, 10).shortestSeconds(roof)).isEqualTo(2);
    assertThat(new Cost(200, 10).isLimitedByArithmetic(roof)).isTrue();
    assertThat(new Cost(200, 50).shortestSeconds(roof)).isEqualTo(5);
    assertThat(new Cost(200, 50).isLimitedByArithmetic(roof)).isFalse();
  }

  private static double operations(Workload workload) {
    return operations("reference", workload);
  }

  private static double operations(String name, Workload workload) {
    try (Backend backend = Backends.open(name, 0);
        Learner learner =
            new Learner(
                backend,
                workload.network(workload.model()),
                workload.sample(),
                Settings.of(Optimizer.adam(Workload.RATE)))) {
      List<Step> steps = learner.trainingPlan(workload.batch()).steps();
      return steps.stream().mapToDouble(step -> Cost.of(step).operations()).sum();
    }
  }

  /** Evaluates sums of products of sums in brackets. */
  private static double value(String text) {
    double sum = 0;
    for (String term : text.split(" \\+ ", -1)) {
      double product = 1;
      for (String factor :
          term.replace("(28+128)", "156").replaceAll("[() ]", "").split("\\*", -1)) {
        product *= Double.parseDouble(factor);
      }
      sum += product;
    }
    return sum;
  }
}
