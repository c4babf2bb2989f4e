package dev.kiln.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {

  @Test
  void summarizesOddAndEvenCounts() {
    Series odd = new Series(List.of(3.0, 1.0, 2.0));
    assertThat(odd.median()).isEqualTo(2);
    assertThat(odd.min()).isEqualTo(1);
    assertThat(odd.max()).isEqualTo(3);
    assertThat(new Series(List.of(4.0, 1.0, 2.0, 8.0)).median()).isEqualTo(3);
  }

  @Test
  void dividesPairByPairAsFarAsBothGo() {
    Series ratios = new Series(List.of(6.0, 8.0, 10.0)).ratios(new Series(List.of(2.0, 1.0)));
    assertThat(ratios.values()).containsExactly(3.0, 8.0);
  }

  @Test
  void hasAtLeastOneValue() {
    assertThatThrownBy(() -> new Series(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a series has at least one value");
  }
}
