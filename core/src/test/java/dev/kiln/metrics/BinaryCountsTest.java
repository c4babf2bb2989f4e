package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinaryCountsTest {
  private static final BinaryCounts COUNTS = new BinaryCounts(30, 10, 50, 20);

  @ParameterizedTest
  @CsvSource({
    "accuracy, 80, 110",
    "precision, 30, 40",
    "recall, 30, 50",
    "sensitivity, 30, 50",
    "specificity, 50, 60",
    "false_positive_rate, 10, 60",
    "negative_predictive_value, 50, 70",
    "detection_rate, 30, 110",
    "detection_prevalence, 40, 110",
    "f1, 60, 90",
    "f0.5, 37.5, 52.5",
    "f2, 150, 240"
  })
  void eachRateIsItsRatio(String name, double numerator, double denominator) {
    double value = BinaryCounts.rate(Metric.named(name)).applyAsDouble(COUNTS);

    assertThat(value).isEqualTo(numerator / denominator);
  }

  @Test
  void correlationAndAgreementFollowTheirTwoByTwoFormulas() {
    double matthews = (30.0 * 50 - 10.0 * 20) / Math.sqrt(40.0 * 50 * 60 * 70);
    double chance = (50.0 * 40 + 60.0 * 70) / (110.0 * 110);
    double agreement = 80 / 110.0;

    assertThat(COUNTS.matthews()).isCloseTo(matthews, within(1e-15));
    assertThat(COUNTS.kappa()).isCloseTo((agreement - chance) / (1 - chance), within(1e-15));
    assertThat(COUNTS.balancedAccuracy()).isCloseTo((0.6 + 50 / 60.0) / 2, within(1e-15));
  }

  /** What each rate is when its denominator is zero. */
  @ParameterizedTest
  @CsvSource({
    "precision, 0, 0, 5, 5, 0",
    "recall, 0, 5, 5, 0, 0",
    "specificity, 5, 0, 0, 5, 0",
    "false_positive_rate, 5, 0, 0, 5, 0",
    "negative_predictive_value, 5, 5, 0, 0, 0",
    "f1, 0, 0, 5, 0, 0",
    "matthews, 5, 0, 0, 0, 0",
    "matthews, 5, 5, 0, 0, 0",
    "kappa, 5, 0, 0, 0, NaN",
    "kappa, 0, 5, 0, 0, 0",
    "balanced_accuracy, 3, 0, 0, 1, 0.75",
    "accuracy, 0, 0, 0, 0, 0",
    "balanced_accuracy, 0, 0, 0, 0, 0",
    "detection_rate, 0, 0, 0, 0, 0"
  })
  void undefinedRatesHaveADeclaredValue(
      String name, long tp, long fp, long tn, long fn, Double expected) {
    BinaryCounts counts = new BinaryCounts(tp, fp, tn, fn);

    assertThat(BinaryCounts.rate(Metric.named(name)).applyAsDouble(counts)).isEqualTo(expected);
  }

  @Test
  void largeCountsDoNotOverflow() {
    long huge = 4_000_000_000L;
    BinaryCounts counts = new BinaryCounts(huge, 0, huge, 0);

    assertThat(counts.matthews()).isCloseTo(1, within(1e-12));
    assertThat(counts.kappa()).isEqualTo(1);
  }

  @Test
  void badArgumentsAreRefused() {
    assertThatThrownBy(() -> new BinaryCounts(1, -1, 0, 0)).hasMessageContaining("fp -1");
    assertThatThrownBy(() -> COUNTS.fBeta(-1)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> COUNTS.fBeta(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> BinaryCounts.rate(Metric.LOG_LOSS)).hasMessageContaining("log_loss");
    assertThatThrownBy(() -> ConfusionMatrix.of(new long[][] {{1, 2}}))
        .hasMessageContaining("square");
    assertThatThrownBy(() -> ConfusionMatrix.of(new long[][] {{-1}})).hasMessageContaining("-1");
  }
}
