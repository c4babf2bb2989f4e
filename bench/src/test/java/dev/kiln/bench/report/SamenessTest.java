package dev.kiln.bench.report;

import static dev.kiln.bench.report.Sameness.Verdict.DIFFERENT;
import static dev.kiln.bench.report.Sameness.Verdict.SAME;
import static dev.kiln.bench.report.Sameness.Verdict.SAME_AT_FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SamenessTest {

  private static final List<Double> KILN = List.of(2.0, 1.0, 0.5);

  static Stream<Arguments> losses() {
    return Stream.of(
        Arguments.of(KILN, SAME),
        Arguments.of(List.of(2.0, 1.0, 0.5015), SAME),
        Arguments.of(List.of(2.0, 1.0), SAME),
        Arguments.of(List.of(2.0, 1.0, 0.6), SAME_AT_FIRST),
        Arguments.of(List.of(2.001, 1.0, 0.5), DIFFERENT));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void tellsNetworksApart(List<Double> losses, Sameness.Verdict verdict) {
    assertThat(Sameness.of(losses, KILN).verdict()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void namesTheVerdictAndTheSteps(List<Double> losses, Sameness.Verdict verdict) {
    assertThat(Sameness.of(losses, KILN).describe()).contains(losses.size() + " steps");
  }
}
