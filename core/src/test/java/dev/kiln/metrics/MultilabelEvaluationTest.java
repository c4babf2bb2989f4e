package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class MultilabelEvaluationTest {
  private static final int[][] TARGETS = {{1, 0, 1}, {0, 0, 1}, {1, 1, 0}, {0, 0, 0}};
  private static final double[][] SCORES = {
    {0.9, 0.2, 0.6}, {0.4, 0.7, 0.8}, {0.5, 0.3, 0.1}, {0.6, 0.1, 0.2}
  };

  /** Expected values by scikit-learn 1.9.1. */
  @Example
  void valuesAreScikitLearns() {
    MultilabelEvaluation evaluation = evaluation();

    assertThat(evaluation.subsetAccuracy()).isEqualTo(0.25);
    assertThat(evaluation.hammingLoss()).isEqualTo(0.25);
    assertThat(evaluation.rocAuc(Average.MACRO)).isCloseTo(0.8055555555555557, within(1e-15));
    assertThat(evaluation.rocAuc(Average.MICRO)).isCloseTo(0.8142857142857143, within(1e-15));
    assertThat(evaluation.rocAuc(Average.WEIGHTED)).isCloseTo(0.8333333333333334, within(1e-15));
    assertThat(evaluation.averagePrecision(Average.MACRO))
        .isCloseTo(0.7777777777777777, within(1e-15));
    assertThat(evaluation.averagePrecision(Average.MICRO))
        .isCloseTo(0.7783333333333333, within(1e-15));
  }

  @Example
  void theReportIsScikitLearnsWithoutTheSampleAverage() {
    ClassificationReport report = ClassificationReport.of(evaluation(), List.of("a", "b", "c"));

    assertThat(report.render(4))
        .isEqualTo(
            """
                          precision    recall  f1-score   support

                       a     0.6667    1.0000    0.8000         2
                       b     0.0000    0.0000    0.0000         1
                       c     1.0000    1.0000    1.0000         2

               micro avg     0.6667    0.8000    0.7273         5
               macro avg     0.5556    0.6667    0.6000         5
            weighted avg     0.6667    0.8000    0.7200         5
            """);
    assertThat(report.toMap()).doesNotContainKey("accuracy");
  }

  @Property
  void theSubsetAccuracyCountsRowsThatAreRightAtTheThreshold(
      @ForAll @DoubleRange(min = 0, max = 1) double threshold) {
    int right = 0;
    for (int row = 0; row < TARGETS.length; row++) {
      boolean all = true;
      for (int label = 0; label < 3; label++) {
        all &= (SCORES[row][label] >= threshold) == (TARGETS[row][label] == 1);
      }
      right += all ? 1 : 0;
    }

    assertThat(evaluation().at(threshold).subsetAccuracy()).isEqualTo(right / 4.0);
  }

  @Example
  void eachLabelIsABinaryEvaluationAtTheThreshold() {
    BinaryEvaluation second = evaluation().at(0.3).label(1);

    assertThat(second.threshold()).isEqualTo(0.3);
    assertThat(second.counts()).isEqualTo(new BinaryCounts(1, 1, 2, 0));
  }

  private static MultilabelEvaluation evaluation() {
    MultilabelAccumulator accumulator = new MultilabelAccumulator(3);
    accumulator.add(TARGETS, SCORES);
    return accumulator.evaluate();
  }
}
