package dev.kiln.models;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

  @ParameterizedTest
  @CsvSource({"0.001, 0.001", "20, 20", "1e-7, 0.0000001", "1e30, 1E+30", "-2.5e8, -2.5E+8"})
  void aNumberHasNoMoreDigitsThanItNeeds(double value, String text) {
    assertThat(Numbers.shortest(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0.98331, 0.9833", "-12.5, -12.5000", "1.3468e30, 1.347e+30", "NaN, undefined"})
  void aMetricHasFourDigits(double value, String text) {
    assertThat(Numbers.metric(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 epochs", "1, 1 epoch", "20, 20 epochs"})
  void countsNameOneAndMany(int count, String text) {
    assertThat(Numbers.count(count, "epoch")).isEqualTo(text);
  }
}
