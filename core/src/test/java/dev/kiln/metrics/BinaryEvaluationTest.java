package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BinaryEvaluationTest {
  @Property(tries = 100)
  void theRocAreaIsTheShareOfPairsRankedRightly(
      @ForAll @IntRange(min = 2, max = 50) int rows, @ForAll long seed) {
    Rows data = Rows.random(rows, seed);
    double right = 0;
    int pairs = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        if (data.targets[i] == 1 && data.targets[j] == 0) {
          double order = data.scores[i] - data.scores[j];
          right += order > 0 ? 1 : order == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }

    Double expected = pairs == 0 ? Double.NaN : right / pairs; // boxed, so that NaN equals NaN
    assertThat(data.evaluation().rocAuc()).isEqualTo(expected);
  }

  @Property(tries = 100)
  void countsAtAnyThresholdAreCountsOfRows(
      @ForAll @IntRange(min = 1, max = 50) int rows, @ForAll long seed) {
    Rows data = Rows.random(rows, seed);
    double[] thresholds = {-1, 0, 0.25, 0.3, 0.5, data.scores[0], 1, 2, Double.POSITIVE_INFINITY};
    for (double threshold : thresholds) {
      BinaryCounts counts = data.evaluation().at(threshold).counts();

      assertThat(counts).as("at %s", threshold).isEqualTo(data.counted(threshold));
    }
  }

  @Property(tries = 100)
  void theBestThresholdIsBeatenByNoScore(
      @ForAll @IntRange(min = 1, max = 50) int rows, @ForAll long seed) {
    Rows data = Rows.random(rows, seed);
    double best = data.evaluation().bestThreshold(Metric.F1);
    double bestF1 = data.counted(best).f1();
    for (double score : data.scores) {
      double f1 = data.counted(score).f1();
      assertThat(f1).isLessThanOrEqualTo(bestF1);
      if (f1 == bestF1) {
        assertThat(score).as("the highest among equals").isLessThanOrEqualTo(best);
      }
    }
  }

  @Example
  void theBestThresholdFollowsTheDirectionOfTheMetric() {
    BinaryEvaluation evaluation =
        new Rows(new int[] {0, 1, 1}, new double[] {0.2, 0.4, 0.9}).evaluation();

    assertThat(evaluation.bestThreshold(Metric.ACCURACY)).isEqualTo(0.4);
    assertThat(evaluation.bestThreshold(Metric.FALSE_POSITIVE_RATE)).isEqualTo(0.9);
    assertThat(evaluation.bestThreshold(counts -> counts.fBeta(10))).isEqualTo(0.4);
    assertThat(evaluation.bestThreshold(counts -> Double.NaN)).isNaN();
    assertThatThrownBy(() -> evaluation.bestThreshold(Metric.DETECTION_PREVALENCE))
        .hasMessageContaining("detection_prevalence");
    assertThatThrownBy(() -> evaluation.bestThreshold(Metric.ROC_AUC))
        .hasMessageContaining("roc_auc");
  }

  @Example
  void aNanThresholdIsRefused() {
    BinaryEvaluation evaluation = new Rows(new int[] {0}, new double[] {0.2}).evaluation();

    assertThatThrownBy(() -> evaluation.at(Double.NaN)).hasMessageContaining("NaN");
  }

  @Example
  void withoutPositivesAreasAreUndefinedAndCurvesSayWhere() {
    BinaryEvaluation evaluation = new Rows(new int[] {0, 0}, new double[] {0.2, 0.4}).evaluation();

    assertThat(evaluation.rocAuc()).isNaN();
    assertThat(evaluation.averagePrecision()).isNaN();
    assertThat(evaluation.value(Metric.PR_AUC_TRAPEZOID)).isNaN();
    assertThat(evaluation.rocCurve().truePositiveRate(1)).isNaN();
    assertThat(evaluation.rocCurve().falsePositiveRate(1)).isEqualTo(0.5);
    assertThat(evaluation.precisionRecallCurve().recall(0)).isEqualTo(1);
    assertThat(evaluation.toMap()).containsEntry("roc_auc", null).containsEntry("accuracy", 1.0);
  }

  @Example
  void negativeZeroIsZero() {
    BinaryEvaluation evaluation = new Rows(new int[] {0, 1}, new double[] {-0.0, 0.0}).evaluation();

    assertThat(evaluation.scores().size()).isEqualTo(1);
    assertThat(evaluation.rocAuc()).isEqualTo(0.5);
  }

  @Example
  void singlePrecisionScoresAreWidened() {
    BinaryAccumulator accumulator = new BinaryAccumulator();
    accumulator.add(new int[] {1}, new float[] {0.1f});

    assertThat(accumulator.evaluate().scores().threshold(0)).isEqualTo((double) 0.1f);
  }

  @Example
  void anEvaluationDoesNotSeeLaterRowsOrAReset() {
    BinaryAccumulator accumulator = new BinaryAccumulator();
    accumulator.add(1, 0.75);
    BinaryEvaluation early = accumulator.evaluate();
    accumulator.add(0, 0.75);
    assertThat(early.counts()).isEqualTo(new BinaryCounts(1, 0, 0, 0));
    accumulator.reset();
    accumulator.add(0, 0.25);

    assertThat(accumulator.evaluate().counts()).isEqualTo(new BinaryCounts(0, 0, 1, 0));
  }

  @Example
  void calibrationBinsAreScikitLearns() {
    BinaryEvaluation evaluation =
        new Rows(
                new int[] {0, 0, 1, 0, 1, 1, 0, 1, 1, 1},
                new double[] {0.05, 0.2, 0.2, 0.3, 0.4, 0.45, 0.6, 0.6, 0.8, 0.95})
            .evaluation();

    assertBins(
        evaluation.calibration(5, CalibrationCurve.Binning.UNIFORM),
        new double[] {1 / 3.0, 0.5, 2 / 3.0, 1, 1},
        new double[] {0.15, 0.35, 0.55, 0.8, 0.95});
    assertBins(
        evaluation.calibration(5, CalibrationCurve.Binning.QUANTILE),
        new double[] {1 / 3.0, 0, 1, 0.5, 1},
        new double[] {0.15, 0.3, 0.425, 0.6, 0.875});
    assertBins(
        evaluation.calibration(3, CalibrationCurve.Binning.QUANTILE),
        new double[] {1 / 3.0, 2 / 3.0, 0.75},
        new double[] {0.15, 0.3833333333333333, 0.7375});
  }

  @Example
  void theExpectedCalibrationErrorWeighsBinsByRows() {
    BinaryEvaluation evaluation =
        new Rows(new int[] {0, 1, 1, 1}, new double[] {0.1, 0.9, 0.9, 0.6}).evaluation();

    double error =
        evaluation.calibration(2, CalibrationCurve.Binning.UNIFORM).expectedCalibrationError();

    assertThat(error).isCloseTo(0.25 * 0.1 + 0.75 * (1 - 0.8), within(1e-15));
  }

  private static void assertBins(CalibrationCurve curve, double[] shares, double[] scores) {
    assertThat(curve.bins()).hasSize(shares.length);
    for (int i = 0; i < shares.length; i++) {
      assertThat(curve.bins().get(i).positiveShare()).isCloseTo(shares[i], within(1e-15));
      assertThat(curve.bins().get(i).meanScore()).isCloseTo(scores[i], within(1e-15));
    }
  }

  /** Binary rows, with the counts taken one row at a time. */
  private record Rows(int[] targets, double[] scores) {
    static Rows random(int rows, long seed) {
      Random random = new Random(seed);
      return new Rows(
          random.ints(rows, 0, 2).toArray(),
          random.doubles(rows).map(x -> Math.round(x * 20) / 20.0).toArray());
    }

    BinaryEvaluation evaluation() {
      BinaryAccumulator accumulator = new BinaryAccumulator();
      accumulator.add(targets, scores);
      return accumulator.evaluate();
    }

    BinaryCounts counted(double threshold) {
      long[] counts = new long[4];
      for (int row = 0; row < targets.length; row++) {
        counts[2 * targets[row] + (scores[row] >= threshold ? 1 : 0)]++;
      }
      return new BinaryCounts(counts[3], counts[1], counts[0], counts[2]);
    }
  }
}
