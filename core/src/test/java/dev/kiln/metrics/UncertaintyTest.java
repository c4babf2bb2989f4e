package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

class UncertaintyTest {
  @Property
  void theWilsonIntervalIsCommonsMaths(
      @ForAll @IntRange(min = 1, max = 100_000) int trials,
      @ForAll @DoubleRange(min = 0, max = 1) double share,
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double level) {
    int successes = (int) (share * trials);
    var expected = new WilsonScoreInterval().createInterval(trials, successes, level);

    ConfidenceInterval interval = WilsonInterval.of(successes, trials, level);

    assertThat(interval.lower()).isCloseTo(expected.getLowerBound(), within(1e-12));
    assertThat(interval.upper()).isCloseTo(expected.getUpperBound(), within(1e-12));
  }

  /** Expected ends by SciPy's {@code binomtest(...).proportion_ci(method="wilson")}. */
  @Example
  void theWilsonIntervalIsSciPys() {
    assertThat(WilsonInterval.of(8, 10).lower()).isCloseTo(0.4901624715366418, within(1e-9));
    assertThat(WilsonInterval.of(8, 10).upper()).isCloseTo(0.9433178485456248, within(1e-9));
    assertThat(WilsonInterval.of(0, 10).lower()).isZero();
    assertThat(WilsonInterval.of(10, 10).upper()).isEqualTo(1);
    assertThat(WilsonInterval.of(0, 0)).isEqualTo(new ConfidenceInterval(0, 1, 0.95));
    assertThat(WilsonInterval.of(5_000_000_000L, 10_000_000_000L).lower())
        .isCloseTo(0.5, within(1e-4));
  }

  @Example
  void impossibleSharesAndLevelsAreRefused() {
    assertThatThrownBy(() -> WilsonInterval.of(11, 10)).hasMessageContaining("11 of 10");
    assertThatThrownBy(() -> WilsonInterval.of(-1, 10)).hasMessageContaining("-1 of 10");
    assertThatThrownBy(() -> WilsonInterval.of(1, 10, 1)).hasMessageContaining("1.0");
    assertThatThrownBy(() -> new Bootstrap(1, 0.95, 0)).hasMessageContaining("got 1");
    assertThatThrownBy(() -> new Bootstrap(10, Double.NaN, 0)).hasMessageContaining("NaN");
  }

  @Example
  void sameSeedSameBootstrapInterval() {
    BinaryEvaluation evaluation = noisy(200, 1);

    ConfidenceInterval first = Bootstrap.seeded(7).interval(evaluation, BinaryEvaluation::rocAuc);

    assertThat(Bootstrap.seeded(7).interval(evaluation, BinaryEvaluation::rocAuc)).isEqualTo(first);
    assertThat(Bootstrap.seeded(8).interval(evaluation, BinaryEvaluation::rocAuc))
        .isNotEqualTo(first);
  }

  /** Means over draws scatter with the standard error, which is known for the Brier score. */
  @Example
  void theBootstrapIntervalOfAMeanIsItsNormalInterval() {
    BinaryAccumulator accumulator = new BinaryAccumulator();
    for (int row = 0; row < 400; row++) {
      accumulator.add(row % 4 == 0 ? 0 : 1, 1); // squared error 1 for a quarter of the rows
    }
    double standardError = Math.sqrt(0.25 * 0.75 / 400);

    ConfidenceInterval interval =
        new Bootstrap(4000, 0.95, 3).interval(accumulator.evaluate(), BinaryEvaluation::brier);

    assertThat(interval.lower()).isCloseTo(0.25 - 1.96 * standardError, within(0.005));
    assertThat(interval.upper()).isCloseTo(0.25 + 1.96 * standardError, within(0.005));
  }

  @Example
  void theBootstrapIntervalHoldsTheAreaAndNarrowsWithRows() {
    ConfidenceInterval few = Bootstrap.seeded(1).interval(noisy(50, 2), BinaryEvaluation::rocAuc);
    ConfidenceInterval many =
        Bootstrap.seeded(1).interval(noisy(2000, 2), BinaryEvaluation::rocAuc);

    assertThat(noisy(50, 2).rocAuc()).isBetween(few.lower(), few.upper());
    assertThat(many.upper() - many.lower()).isLessThan(few.upper() - few.lower());
  }

  @Example
  void drawsWithoutAClassAreDrawnAgain() {
    BinaryAccumulator accumulator = new BinaryAccumulator();
    accumulator.add(new int[] {1, 0}, new double[] {0.9, 0.1});

    assertThat(Bootstrap.seeded(1).interval(accumulator.evaluate(), BinaryEvaluation::rocAuc))
        .isEqualTo(new ConfidenceInterval(1, 1, 0.95));
  }

  @Example
  void theIntervalOfAnUndefinedAreaIsUndefined() {
    BinaryAccumulator accumulator = new BinaryAccumulator();
    accumulator.add(1, 0.9);

    ConfidenceInterval interval =
        Bootstrap.seeded(1).interval(accumulator.evaluate(), BinaryEvaluation::rocAuc);

    assertThat(interval.lower()).isNaN();
    assertThat(interval.upper()).isNaN();
  }

  @Example
  void aValueUndefinedInEveryDrawEndsInAnError() {
    BinaryEvaluation evaluation = noisy(50, 1);

    assertThatThrownBy(() ->
            new Bootstrap(2, 0.5, 1)
                .interval(evaluation, drawn -> drawn == evaluation ? 1 : Double.NaN))
        .hasMessageContaining("undefined");
  }

  /** Expected p-values by SciPy's {@code binomtest} and {@code chi2.sf}. */
  @Example
  void mcNemarsTestIsExactForFewAndChiSquaredForMany() {
    assertThat(new McNemarTest(3, 12).pValue()).isCloseTo(0.03515625, within(1e-12));
    assertThat(new McNemarTest(12, 3).exactPValue()).isCloseTo(0.03515625, within(1e-12));
    assertThat(new McNemarTest(30, 12).pValue()).isCloseTo(0.008711912962379598, within(1e-12));
    assertThat(new McNemarTest(30, 12).chiSquared()).isCloseTo(17.0 * 17 / 42, within(1e-14));
  }

  @Example
  void modelsThatNeverDisagreeDoNotDiffer() {
    assertThat(new McNemarTest(0, 0).pValue()).isEqualTo(1);
    assertThat(new McNemarTest(0, 0).chiSquaredPValue()).isEqualTo(1);
    assertThat(new McNemarTest(40, 40).pValue()).isEqualTo(1);
  }

  @Example
  void mcNemarsTestCountsRowsThatOneModelAloneHasRight() {
    int[] targets = {0, 1, 2, 0, 1};
    int[] first = {0, 1, 0, 1, 1};
    int[] second = {0, 0, 2, 2, 0};

    assertThat(McNemarTest.of(targets, first, second)).isEqualTo(new McNemarTest(2, 1));
    assertThatThrownBy(() -> McNemarTest.of(targets, first, new int[1]))
        .hasMessageContaining("5 targets but 1 second");
  }

  /** Expected values by the definition of 1988, pair by pair, in NumPy. */
  @Example
  void delongsTestIsItsDefinition() {
    int[] targets = {1, 1, 1, 1, 0, 0, 0, 0, 0};
    double[] first = {.9, .8, .4, .6, .5, .3, .2, .6, .1};
    double[] second = {.7, .9, .5, .3, .6, .4, .5, .2, .1};

    DeLongTest test = DeLongTest.of(targets, first, second);

    assertThat(test.firstArea()).isCloseTo(0.875, within(1e-15));
    assertThat(test.secondArea()).isCloseTo(0.775, within(1e-15));
    assertThat(test.variance()).isCloseTo(0.036145833333333335, within(1e-15));
    assertThat(test.pValue()).isCloseTo(0.5989007159701007, within(1e-12));
  }

  @Example
  void delongsTestKnowsSureAndAbsentDifferences() {
    int[] targets = {1, 1, 0, 0};
    double[] right = {0.9, 0.9, 0.1, 0.1};
    double[] wrong = {0.1, 0.1, 0.9, 0.9};

    assertThat(DeLongTest.of(targets, right, right).pValue()).isEqualTo(1);
    assertThat(DeLongTest.of(targets, right, wrong).pValue()).isZero();
    assertThatThrownBy(() -> DeLongTest.of(new int[] {1, 0, 0}, new double[3], new double[3]))
        .hasMessageContaining("1 positive and 2 negative");
    assertThatThrownBy(
            () -> DeLongTest.of(targets, right, new double[] {0.1, Double.NaN, 0.1, 0.1}))
        .isInstanceOf(InvalidRowException.class)
        .hasMessageContaining("row 1");
  }

  private static BinaryEvaluation noisy(int rows, long seed) {
    Random random = new Random(seed);
    BinaryAccumulator accumulator = new BinaryAccumulator();
    for (int row = 0; row < rows; row++) {
      int target = row % 2;
      accumulator.add(target, (random.nextDouble() + 0.5 * target) / 1.5);
    }
    return accumulator.evaluate();
  }
}
