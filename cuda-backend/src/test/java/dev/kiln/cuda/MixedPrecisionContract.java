package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Precision;
import dev.kiln.cpu.onednn.OneDnnProvider;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Trainings in TF32, BF16 and FP16 follow those in float32 on the CPU from the same seed. */
abstract class MixedPrecisionContract {

  private static final int STEPS = 10;

  /** Relative, of the loss in any step: at least 8 significant bits in every product. */
  private static final double TOLERANCE = 0.05;

  /** Returns the provider of the backend under test. */
  abstract BackendProvider provider();

  /** Returns what is trained. */
  abstract List<ComparedTraining> trainings();

  @TestFactory
  Stream<DynamicTest> lossesFollowThoseOfFloat32OnTheCpu() {
    BackendProvider provider = provider();
    return trainings().stream()
        .flatMap(training ->
            Stream.of(Precision.TF32, Precision.BF16, Precision.FP16)
                .map(precision ->
                    DynamicTest.dynamicTest(
                        "%s in %s".formatted(training.name(), precision),
                        () -> compare(provider, training, precision))));
  }

  static void compare(BackendProvider provider, ComparedTraining training, Precision precision) {
    List<Double> got = training.losses(provider, precision, STEPS);
    List<Double> want = training.losses(new OneDnnProvider(), STEPS);
    assertThat(got).isNotEqualTo(want);
    for (int step = 0; step < STEPS; step++) {
      assertThat(got.get(step))
          .as("loss of step " + step)
          .isCloseTo(want.get(step), within(TOLERANCE * Math.max(0.3, want.get(step))));
    }
  }
}
