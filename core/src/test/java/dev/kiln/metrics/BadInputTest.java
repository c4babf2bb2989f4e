package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad rows are refused with their number and value, and the batch leaves no trace. */
class BadInputTest {
  private static final BinaryAccumulator BINARY = new BinaryAccumulator();
  private static final MulticlassAccumulator THREE_CLASSES = MulticlassAccumulator.withCurves(3);
  private static final MultilabelAccumulator TWO_LABELS = new MultilabelAccumulator(2);
  private static final RegressionAccumulator REGRESSION = new RegressionAccumulator();
  private static final LikelihoodAccumulator LIKELIHOOD = new LikelihoodAccumulator();
  private static final SequenceAccumulator SEQUENCE = new SequenceAccumulator();

  static Stream<Arguments> badBatches() {
    double[] good = {0.5, 0.25, 0.25};
    return Stream.of(
        bad("score above 1", 1, "1.5", () -> BINARY.add(ints(0, 1), doubles(0.5, 1.5))),
        bad("negative score", 0, "-0.1", () -> BINARY.add(ints(0), doubles(-0.1))),
        bad("score NaN", 1, "NaN", () -> BINARY.add(ints(0, 1), doubles(0.5, Double.NaN))),
        bad("infinite float", 0, "Infinity", () -> BINARY.add(ints(0), new float[] {1f / 0f})),
        bad("label 2", 1, "label 2", () -> BINARY.add(ints(0, 2), doubles(0.5, 0.5))),
        bad("single label", 0, "label -1", () -> BINARY.add(-1, 0.5)),
        bad("more scores", 1, "1 targets but 2", () -> BINARY.add(ints(0), doubles(0.5, 0.5))),
        bad("class 3 of 3", 1, "label 3", () -> addClasses(ints(0, 3), good, good)),
        bad("class -1", 0, "label -1", () -> addClasses(ints(-1), good)),
        bad("sum 0.9", 1, "0.9", () -> addClasses(ints(0, 1), good, doubles(0.5, 0.25, 0.15))),
        bad("a logit", 0, "2.0", () -> addClasses(ints(0), doubles(2, -1, 0))),
        bad("two of three", 0, "2 probabilities", () -> addClasses(ints(0), doubles(0.5, 0.5))),
        bad("fewer rows", 1, "2 targets but 1", () -> addClasses(ints(0, 1), good)),
        bad(
            "flat length",
            1,
            "4 probabilities",
            () -> THREE_CLASSES.add(ints(0, 1), new float[] {1, 0, 0, 1})),
        bad(
            "flat second row",
            1,
            "sum to 0.5",
            () -> THREE_CLASSES.add(ints(0, 1), new float[] {1, 0, 0, 0.5f, 0, 0})),
        bad(
            "short mask",
            0,
            "0 mask",
            () -> THREE_CLASSES.add(ints(0), new float[] {1, 0, 0}, new boolean[0])),
        bad(
            "multilabel score",
            1,
            "7.0",
            () ->
                TWO_LABELS.add(
                    new int[][] {{0, 1}, {0, 1}}, new double[][] {{0.1, 0.2}, {0.1, 7}})),
        bad(
            "multilabel width",
            0,
            "3 scores",
            () -> TWO_LABELS.add(new int[][] {{0, 1}}, new double[][] {{0.1, 0.2, 0.3}})),
        bad(
            "target NaN",
            1,
            "target NaN",
            () -> REGRESSION.add(doubles(1, Double.NaN), doubles(1, 1))),
        bad(
            "prediction infinite",
            0,
            "prediction -Infinity",
            () -> REGRESSION.add(1, Double.NEGATIVE_INFINITY)),
        bad("square overflows", 0, "1.0E200", () -> REGRESSION.add(1e200, 0)),
        bad(
            "regression length",
            1,
            "1 predictions",
            () -> REGRESSION.add(doubles(1, 2), doubles(1))),
        bad("likelihood above 1", 1, "0.5", () -> LIKELIHOOD.add(doubles(-1, 0.5))),
        bad("zero likelihood", 0, "-Infinity", () -> LIKELIHOOD.add(doubles(Math.log(0)))),
        bad(
            "sequence mask",
            1,
            "2 predicted tokens but 1",
            () -> SEQUENCE.add(ints(1), new boolean[1], ints(1, 2), new boolean[1])),
        bad(
            "confusion lengths",
            1,
            "1 predictions",
            () -> ConfusionMatrix.of(ints(0, 1), ints(0), 2)),
        bad("confusion label", 0, "label 5", () -> ConfusionMatrix.of(ints(0), ints(5), 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badBatches")
  void namesTheRowAndTheValueAndAddsNothing(
      String name, int row, String value, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            InvalidRowException.class, thrown -> assertThat(thrown.row()).isEqualTo(row))
        .hasMessageContaining("row " + row)
        .hasMessageContaining(value);

    assertThat(
            Stream.of(BINARY, THREE_CLASSES, TWO_LABELS, REGRESSION, LIKELIHOOD, SEQUENCE)
                .mapToLong(Accumulator::rows))
        .containsOnly(0L);
  }

  @Test
  void aRowSumWithinTheToleranceIsTaken() {
    MulticlassAccumulator accumulator = MulticlassAccumulator.withoutCurves(2);
    accumulator.add(ints(0), new double[][] {{0.5, 0.5 + 0.9e-4}});

    assertThat(accumulator.rows()).isEqualTo(1);
  }

  @Test
  void maskedRowsMayHoldAnything() {
    MulticlassAccumulator accumulator = MulticlassAccumulator.withCurves(2);
    accumulator.add(
        ints(-100, 1), new float[] {Float.NaN, 3, 0.25f, 0.75f}, new boolean[] {false, true});

    assertThat(accumulator.evaluate().value(Metric.ACCURACY)).isEqualTo(1);
    assertThat(accumulator.rows()).isEqualTo(1);
  }

  @Test
  void nothingToEvaluateIsAnError() {
    assertThatThrownBy(BINARY::evaluate)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no row");
    assertThatThrownBy(SEQUENCE::evaluate).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void accumulatorsOfDifferentShapesDoNotMerge() {
    assertThatThrownBy(() -> THREE_CLASSES.merge(MulticlassAccumulator.withCurves(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 classes")
        .hasMessageContaining("3 classes");
    assertThatThrownBy(() -> THREE_CLASSES.merge(MulticlassAccumulator.withoutCurves(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("without curves");
    assertThatThrownBy(() -> TWO_LABELS.merge(new MultilabelAccumulator(3)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Arguments bad(String name, int row, String value, ThrowingCallable action) {
    return Arguments.of(name, row, value, action);
  }

  private static void addClasses(int[] targets, double[]... probabilities) {
    THREE_CLASSES.add(targets, probabilities);
  }

  private static int[] ints(int... values) {
    return values;
  }

  private static double[] doubles(double... values) {
    return values;
  }
}
