package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Expected values are those of {@code scipy.stats.wilcoxon}, SciPy 1.17.1. */
class WilcoxonTestTest {

  /** The example of Hollander and Wolfe: {@code wilcoxon(x, y, method="exact")}. */
  @Test
  void isExactForFewRowsWithoutTies() {
    double[] x = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    double[] y = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    WilcoxonTest test = WilcoxonTest.of(x, y);
    assertThat(test.statistic()).isEqualTo(5);
    assertThat(test.pValue()).isEqualTo(0.0390625);
    assertThat(test.firstLower()).isEqualTo(2);
    assertThat(test.secondLower()).isEqualTo(7);
    assertThat(WilcoxonTest.of(y, x).pValue()).isEqualTo(test.pValue());
  }

  /** {@code wilcoxon(a, b, zero_method="wilcox", correction=False, method="approx")}. */
  @Test
  void leavesOutEqualRowsAndCorrectsForTies() {
    double[] a = {3, 5, 2, 8, 1, 1, 4, 9, 7, 6, 2, 2};
    double[] b = {2, 5, 4, 5, 1, 3, 3, 7, 9, 2, 1, 5};
    WilcoxonTest test = WilcoxonTest.of(a, b);
    assertThat(test.statistic()).isEqualTo(25);
    assertThat(test.pValue()).isCloseTo(0.7969143817602633, within(1e-12));
    assertThat(test.firstLower() + test.secondLower()).isEqualTo(10);
  }

  @Test
  void modelsThatNeverDifferDoNotDiffer() {
    double[] same = IntStream.range(0, 5).mapToDouble(i -> i).toArray();
    assertThat(WilcoxonTest.of(same, same)).isEqualTo(new WilcoxonTest(0, 0, 0, 1));
  }

  @Test
  void badRowsAreNamed() {
    assertThatThrownBy(() -> WilcoxonTest.of(new double[] {1, 2}, new double[] {1, Double.NaN}))
        .isInstanceOf(InvalidRowException.class)
        .hasMessageContaining("row 1")
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> WilcoxonTest.of(new double[2], new double[3]))
        .isInstanceOf(InvalidRowException.class)
        .hasMessageContaining("3");
  }
}
