package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.cpu.onednn.OneDnnProvider;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The same seed trains the same on the CUDA backend and on the CPU; twice it trains to the same
 * bits.
 */
abstract class CrossBackendContract {

  /** Relative, of the loss in any step: single precision, sums in another order. */
  private static final double TOLERANCE = 0.02;

  /** Returns the provider of the backend under test. */
  abstract BackendProvider provider();

  /** Returns how many steps are trained. */
  abstract int steps();

  @TestFactory
  Stream<DynamicTest> lossesAgreeWithOneDnn() {
    return perTraining(training -> {
      List<Double> got = training.losses(provider(), steps());
      List<Double> want = training.losses(new OneDnnProvider(), steps());
      for (int step = 0; step < steps(); step++) {
        assertThat(got.get(step))
            .as("loss of step " + step)
            .isCloseTo(want.get(step), within(TOLERANCE * Math.max(0.1, want.get(step))));
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> twoRunsGiveTheSameBits() {
    return perTraining(training ->
        assertThat(training.losses(provider(), steps()))
            .isEqualTo(training.losses(provider(), steps())));
  }

  private interface Check {
    void of(ComparedTraining training);
  }

  private static Stream<DynamicTest> perTraining(Check check) {
    return Stream.concat(
            ComparedTraining.convolutional().stream(), ComparedTraining.recurrent().stream())
        .map(training -> DynamicTest.dynamicTest(training.name(), () -> run(check, training)));
  }

  private static void run(Check check, ComparedTraining training) {
    try {
      check.of(training);
    } catch (UnsupportedSpecException unsupported) {
      Assumptions.abort(unsupported.getMessage());
    }
  }
}
