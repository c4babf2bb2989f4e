package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GapsTest {

  private static final double GAP = Double.NaN;

  @Test
  void gapsAreBridgedByStraightLines() {
    assertThat(Gaps.INTERPOLATE.filled(new double[] {1, GAP, GAP, 4, 5, GAP, 3}))
        .containsExactly(1, 2, 3, 4, 5, 4, 3);
  }

  @Test
  void theValueBeforeMayBeCarried() {
    assertThat(Gaps.CARRY.filled(new double[] {1, GAP, GAP, 4, GAP}))
        .containsExactly(1, 1, 1, 4, 4);
  }

  @Test
  void aSeriesWithoutGapsIsLeftAsItIs() {
    for (Gaps gaps : Gaps.values()) {
      assertThat(gaps.filled(new double[] {3, 1, 2})).containsExactly(3, 1, 2);
    }
    assertThat(Gaps.count(new double[] {3, GAP, GAP})).isEqualTo(2);
  }

  @Test
  void whatCannotBeFilledIsSaid() {
    assertThatThrownBy(() -> Gaps.REFUSE.filled(new double[] {1, 2, GAP}))
        .hasMessageContaining("value 3 of the series is missing, and gaps are refused");
    assertThatThrownBy(() -> Gaps.CARRY.filled(new double[] {GAP, 2}))
        .hasMessageContaining("the first value");
    assertThatThrownBy(() -> Gaps.INTERPOLATE.filled(new double[] {1, GAP}))
        .hasMessageContaining("the last value");
  }
}
