package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.report.GeneralizationGap.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the losses of a training say of it. */
class GeneralizationGapTest {

  static Stream<Arguments> trainings() {
    return Stream.of(
        Arguments.of(Verdict.NOT_MEASURED, losses(), losses()),
        Arguments.of(Verdict.NOT_MEASURED, losses(1, 0.5, 0.2), losses()),
        Arguments.of(Verdict.TOO_SHORT, losses(1, 0.5), losses(1, 0.6)),
        Arguments.of(Verdict.OVERFITTING, losses(1, 0.5, 0.2, 0.1), losses(1, 0.6, 0.7, 0.8)),
        Arguments.of(Verdict.BALANCED, losses(1, 0.5, 0.4, 0.4), losses(1, 0.6, 0.55, 0.56)),
        // The validation loss rises, but so does the training loss: that is no overfitting.
        Arguments.of(Verdict.BALANCED, losses(1, 0.5, 0.6, 0.6), losses(1, 0.5, 0.6, 0.6)),
        Arguments.of(Verdict.STILL_LEARNING, losses(1, 0.8, 0.6, 0.4), losses(1, 0.8, 0.6, 0.4)),
        Arguments.of(Verdict.UNDERFITTING, losses(2.3, 2.3, 2.3), losses(2.3, 2.3, 2.29)));
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void theVerdictFollowsFromTheLosses(Verdict verdict, double[] training, double[] validation) {
    List<Epoch> history = new ArrayList<>();
    for (int i = 0; i < training.length; i++) {
      history.add(
          new Epoch(
              i + 1,
              0.1,
              Map.of("loss", training[i]),
              validation.length == 0 ? Map.of() : Map.of("loss", validation[i]),
              1,
              1,
              true));
    }

    GeneralizationGap gap = GeneralizationGap.of(history);

    assertThat(gap.verdict()).isEqualTo(verdict);
    assertThat(gap.sentence()).endsWith(".").doesNotContain("NaN");
  }

  private static double[] losses(double... values) {
    return values;
  }
}
