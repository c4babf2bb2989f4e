package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

class RegressionEvaluationTest {
  /** A large common offset makes the naive formula for the scatter lose every digit. */
  @Property
  void theDeterminationIsThatOfDecimalArithmetic(
      @ForAll @Size(min = 2, max = 20) List<@DoubleRange(min = -1, max = 1) Double> deviations) {
    double[] targets = deviations.stream().mapToDouble(d -> 1e9 + d).toArray();
    double[] predictions = new double[targets.length];
    BigDecimal sum = BigDecimal.ZERO;
    for (double target : targets) {
      sum = sum.add(new BigDecimal(target));
    }
    BigDecimal mean = sum.divide(BigDecimal.valueOf(targets.length), new MathContext(200));
    BigDecimal scatter = BigDecimal.ZERO;
    for (int i = 0; i < targets.length; i++) {
      scatter = scatter.add(new BigDecimal(targets[i]).subtract(mean).pow(2));
      predictions[i] = targets[i] + (i == 0 ? 0.5 : 0);
    }
    double residual = Math.pow(predictions[0] - targets[0], 2);

    RegressionAccumulator accumulator = new RegressionAccumulator();
    accumulator.add(targets, predictions);
    double r2 = accumulator.evaluate().r2();

    // The mean was rounded to 200 digits, so a scatter of zero may come out as one of 1e-380.
    if (scatter.doubleValue() < 1e-100) {
      assertThat(r2).isZero();
    } else {
      double expected = 1 - residual / scatter.doubleValue();
      assertThat(Math.abs(r2 - expected)).isLessThanOrEqualTo(1e-14 * Math.abs(expected) + 1e-15);
    }
  }

  @Example
  void undefinedCasesHaveADeclaredValue() {
    assertThat(r2(new double[] {2}, new double[] {2})).isNaN();
    assertThat(r2(new double[] {0.1, 0.1, 0.1}, new double[] {0.1, 0.1, 0.1})).isEqualTo(1);
    assertThat(r2(new double[] {0.1, 0.1, 0.1}, new double[] {0.1, 0.1, 0.2})).isZero();
  }

  @Example
  void aZeroTargetMakesAPercentageErrorHugeButFinite() {
    RegressionAccumulator accumulator = new RegressionAccumulator();
    accumulator.add(0, 0.5);

    assertThat(accumulator.evaluate().mape()).isEqualTo(0.5 / Math.ulp(1.0));
  }

  @Example
  void singlePrecisionRowsAreWidened() {
    RegressionAccumulator accumulator = new RegressionAccumulator();
    accumulator.add(new float[] {1, 2}, new float[] {1.5f, 2});

    assertThat(accumulator.evaluate())
        .isEqualTo(new RegressionEvaluation(2, 0.125, 0.25, 0.25, 0.5));
  }

  private static double r2(double[] targets, double[] predictions) {
    RegressionAccumulator accumulator = new RegressionAccumulator();
    accumulator.add(targets, predictions);
    return accumulator.evaluate().r2();
  }
}
