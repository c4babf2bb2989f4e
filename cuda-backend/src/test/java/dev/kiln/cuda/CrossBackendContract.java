package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.UnsupportedSpecException;
import dev.kiln.cpu.onednn.OneDnnProvider;
import java.util.List;
import java.util.stream.IntStream;
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
  static final double TOLERANCE = 0.02;

  /** What a loss is compared with at least: a small one differs by a share of this. */
  private static final double LEAST_SCALE = 0.1;

  /** Returns the provider of the backend under test. */
  abstract BackendProvider provider();

  /** Returns what is trained. */
  abstract List<ComparedTraining> trainings();

  /** Returns how many steps are trained. */
  abstract int steps();

  @TestFactory
  Stream<DynamicTest> lossesAgreeWithOneDnnAndRepeatToTheBit() {
    return perTraining(training -> {
      List<Double> got = training.losses(provider(), steps());
      assertThat(training.losses(provider(), steps())).isEqualTo(got);
      List<Double> want = training.losses(new OneDnnProvider(), steps());
      for (int step = 0; step < steps(); step++) {
        assertThat(difference(got.get(step), want.get(step)))
            .as("of %s, the loss of step %d, from %s", got.get(step), step, want.get(step))
            .isLessThanOrEqualTo(TOLERANCE);
      }
    });
  }

  /** Returns the largest relative difference of two trainings' losses. */
  static double largestDifference(List<Double> got, List<Double> want) {
    return IntStream.range(0, want.size())
        .mapToDouble(step -> difference(got.get(step), want.get(step)))
        .max()
        .orElse(0);
  }

  private static double difference(double got, double want) {
    return Math.abs(got - want) / Math.max(LEAST_SCALE, want);
  }

  private interface Check {
    void of(ComparedTraining training);
  }

  private Stream<DynamicTest> perTraining(Check check) {
    return trainings().stream()
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
