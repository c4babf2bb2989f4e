package dev.kiln.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.backend.Precision;
import dev.kiln.cpu.onednn.OneDnnProvider;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Trainings in TF32 and mixed precision on the stand-ins, against float32 on the CPU. */
class MixedPrecisionOnHostTest {

  private static final int STEPS = 4;

  /** Relative, of the loss in any step: at least 8 significant bits in every product. */
  private static final double TOLERANCE = 0.05;

  static Stream<Arguments> trainings() {
    ComparedTraining leNet = ComparedTraining.convolutional().getFirst();
    ComparedTraining resNet = ComparedTraining.convolutional().getLast();
    ComparedTraining lstm = ComparedTraining.recurrent().get(2);
    return Stream.of(
        Arguments.of(leNet, Precision.TF32),
        Arguments.of(leNet, Precision.BF16),
        Arguments.of(leNet, Precision.FP16),
        Arguments.of(resNet, Precision.BF16),
        Arguments.of(lstm, Precision.BF16),
        Arguments.of(lstm, Precision.FP16));
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void theLossFollowsThatOfFloat32OnTheCpu(ComparedTraining training, Precision precision) {
    List<Double> got = training.losses(CudaOnHost.provider(), precision, STEPS);
    List<Double> want = training.losses(new OneDnnProvider(), STEPS);
    assertThat(got).isNotEqualTo(want);
    for (int step = 0; step < STEPS; step++) {
      assertThat(got.get(step))
          .as("loss of step " + step)
          .isCloseTo(want.get(step), within(TOLERANCE * want.get(step)));
    }
  }

  @AfterEach
  void nothingIsLeftAndNoRuleOfCudaWasBroken() {
    assertThat(CudaOnHost.report()).isEmpty();
  }
}
