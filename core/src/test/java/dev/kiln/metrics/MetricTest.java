package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {
  @ParameterizedTest
  @EnumSource
  void isFoundByItsOwnName(Metric metric) {
    assertThat(Metric.named(metric.id())).isEqualTo(metric);
  }

  @ParameterizedTest
  @CsvSource({
    "F1-Macro, F1_MACRO",
    "mcc, MATTHEWS",
    "sensitivity, RECALL",
    "f0.5, F0_5",
    "ece, EXPECTED_CALIBRATION_ERROR",
    "fpr, FALSE_POSITIVE_RATE"
  })
  void isFoundByOtherNames(String name, Metric metric) {
    assertThat(Metric.named(name)).isEqualTo(metric);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> Metric.named("acuracy"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'acuracy'")
        .hasMessageContaining("balanced_accuracy");
  }

  @ParameterizedTest
  @CsvSource({
    "ACCURACY, 0.9, 0.8, true",
    "ACCURACY, 0.8, 0.8, false",
    "ACCURACY, 0.7, 0.8, false",
    "ACCURACY, NaN, 0.8, false",
    "ACCURACY, 0.1, NaN, true",
    "ACCURACY, NaN, NaN, false",
    "LOG_LOSS, 0.7, 0.8, true",
    "LOG_LOSS, 0.9, 0.8, false",
    "LOG_LOSS, NaN, 0.8, false",
    "LOG_LOSS, 0.9, NaN, true"
  })
  void isBetterInItsDirection(Metric metric, double value, double best, boolean expected) {
    assertThat(metric.isBetter(value, best)).isEqualTo(expected);
  }

  @Test
  void aDescriptionRanksNothing() {
    assertThatThrownBy(() -> Metric.DETECTION_PREVALENCE.isBetter(1, 0))
        .hasMessageContaining("detection_prevalence");
  }

  @Test
  void everyMetricIsGivenBySomeEvaluation() {
    BinaryAccumulator binary = new BinaryAccumulator();
    binary.add(1, 0.5);
    MulticlassAccumulator multiclass = MulticlassAccumulator.withCurves(2);
    multiclass.add(new int[] {0}, new double[][] {{1, 0}});
    MultilabelAccumulator multilabel = new MultilabelAccumulator(1);
    multilabel.add(new int[][] {{1}}, new double[][] {{1}});
    RegressionAccumulator regression = new RegressionAccumulator();
    regression.add(1, 1);
    LikelihoodAccumulator likelihood = new LikelihoodAccumulator();
    likelihood.add(new double[] {-1});
    SequenceAccumulator sequence = new SequenceAccumulator();
    sequence.add(new int[] {1}, new int[] {1});

    assertThat(
            Stream.of(binary, multiclass, multilabel, regression, likelihood, sequence)
                .flatMap(accumulator -> accumulator.evaluate().metrics().stream())
                .distinct())
        .containsExactlyInAnyOrder(Metric.values());
  }

  @Test
  void askingForAMetricOfAnotherKindNamesTheChoices() {
    RegressionAccumulator regression = new RegressionAccumulator();
    regression.add(1, 1);

    assertThatThrownBy(() -> regression.evaluate().value(Metric.F1))
        .hasMessageContaining("'f1'")
        .hasMessageContaining("regression")
        .hasMessageContaining("rmse");
  }
}
