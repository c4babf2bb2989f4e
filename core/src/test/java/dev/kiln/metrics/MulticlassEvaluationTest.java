package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MulticlassEvaluationTest {
  private static final int[] TARGETS = {0, 1, 2, 2, 1, 0};
  private static final double[][] PROBABILITIES = {
    {0.5, 0.25, 0.25},
    {0.25, 0.25, 0.5},
    {0.125, 0.125, 0.75},
    {0.5, 0.5, 0},
    {0.25, 0.5, 0.25},
    {0, 1, 0}
  };

  @Test
  void theMostProbableClassIsPredictedTheLowestAmongEquals() {
    assertThat(evaluation().confusionMatrix())
        .isEqualTo(ConfusionMatrix.of(new long[][] {{1, 1, 0}, {0, 1, 1}, {1, 0, 1}}));
  }

  @Test
  void amongEqualsTheHigherClassRanksFirstInTopK() {
    MulticlassEvaluation evaluation = evaluation();

    // Rows 0, 2 and 4 rank the truth first; row 1 second, since class 1 goes before class 0; in
    // row 5 class 2 goes before class 0, so that the truth comes third, as it does in row 3.
    assertThat(evaluation.topKAccuracy(1)).isEqualTo(3 / 6.0);
    assertThat(evaluation.topKAccuracy(2)).isEqualTo(4 / 6.0);
    assertThat(evaluation.topKAccuracy(3)).isEqualTo(1);
    assertThat(evaluation.topKAccuracy(99)).isEqualTo(1);
    assertThatThrownBy(() -> evaluation.topKAccuracy(0)).hasMessageContaining("got 0");
  }

  @Test
  void oneAgainstTheRestIsTheBinaryEvaluationOfThatClass() {
    BinaryAccumulator binary = new BinaryAccumulator();
    for (int row = 0; row < TARGETS.length; row++) {
      binary.add(TARGETS[row] == 2 ? 1 : 0, PROBABILITIES[row][2]);
    }

    assertThat(evaluation().oneVsRest(2).toMap()).isEqualTo(binary.evaluate().toMap());
  }

  @Test
  void calibrationComparesConfidenceWithAccuracy() {
    CalibrationCurve curve = evaluation().calibration(2, CalibrationCurve.Binning.UNIFORM);

    assertThat(curve.bins())
        .containsExactly(
            new CalibrationCurve.Bin(0.5, 0.5, 4), new CalibrationCurve.Bin(0.875, 0.5, 2));
    assertThat(curve.expectedCalibrationError()).isCloseTo(2 * 0.375 / 6, within(1e-15));
  }

  @Test
  void twoClassesScoreAsTheBinaryProblem() {
    MulticlassAccumulator two = MulticlassAccumulator.withCurves(2);
    BinaryAccumulator one = new BinaryAccumulator();
    int[] targets = {0, 1, 1};
    double[] scores = {0.25, 0.75, 0.375};
    two.add(
        targets,
        Arrays.stream(scores).mapToObj(s -> new double[] {1 - s, s}).toArray(double[][]::new));
    one.add(targets, scores);

    for (Metric metric : new Metric[] {Metric.BRIER, Metric.LOG_LOSS, Metric.ACCURACY}) {
      assertThat(two.evaluate().value(metric))
          .as(metric.id())
          .isCloseTo(one.evaluate().value(metric), within(1e-15));
    }
    assertThat(two.evaluate().rocAuc(Average.MACRO)).isEqualTo(one.evaluate().rocAuc());
  }

  @Test
  void withoutCurvesEverythingElseIsTheSame() {
    MulticlassAccumulator accumulator = MulticlassAccumulator.withoutCurves(3);
    accumulator.add(TARGETS, PROBABILITIES);
    MulticlassEvaluation evaluation = accumulator.evaluate();

    assertThat(evaluation().toMap()).containsAllEntriesOf(evaluation.toMap());
    assertThat(evaluation.metrics())
        .contains(Metric.LOG_LOSS, Metric.EXPECTED_CALIBRATION_ERROR)
        .doesNotContain(Metric.ROC_AUC_MACRO);
    assertThatThrownBy(() -> evaluation.rocAuc(Average.MACRO)).hasMessageContaining("withCurves");
  }

  @Test
  void anAreaIsUndefinedWhenAClassIsAbsentButNotPooled() {
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(3);
    accumulator.add(new int[] {0, 1}, new double[][] {{1, 0, 0}, {0, 1, 0}});
    MulticlassEvaluation evaluation = accumulator.evaluate();

    assertThat(evaluation.rocAuc(Average.MACRO)).isNaN();
    assertThat(evaluation.rocAuc(Average.WEIGHTED)).isNaN();
    assertThat(evaluation.rocAuc(Average.MICRO)).isEqualTo(1);
    assertThat(evaluation.averagePrecision(Average.MACRO)).isNaN();
  }

  @Test
  void flatSinglePrecisionRowsAreTheSameRows() {
    float[] flat = new float[TARGETS.length * 3];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) PROBABILITIES[i / 3][i % 3];
    }
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(3);
    accumulator.add(TARGETS, flat);

    assertThat(accumulator.evaluate().toMap()).isEqualTo(evaluation().toMap());
  }

  @Test
  void aResetAccumulatorBeginsAnew() {
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(3);
    accumulator.add(new int[] {1}, new double[][] {{1, 0, 0}});
    MulticlassEvaluation before = accumulator.evaluate();
    accumulator.reset();
    accumulator.add(TARGETS, PROBABILITIES);

    assertThat(accumulator.evaluate().toMap()).isEqualTo(evaluation().toMap());
    assertThat(before.value(Metric.ACCURACY)).isZero();
  }

  private static MulticlassEvaluation evaluation() {
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(3);
    accumulator.add(TARGETS, PROBABILITIES);
    return accumulator.evaluate();
  }
}
