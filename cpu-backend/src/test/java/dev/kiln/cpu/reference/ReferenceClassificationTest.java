package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.op.CrossEntropy;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Reduce;
import dev.kiln.op.Softmax;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Softmax and cross-entropy at the edges of what they are given. */
class ReferenceClassificationTest {

  private static final double LOWEST = Double.NEGATIVE_INFINITY;
  private static final Tensor LOGITS =
      Tensor.of(Shape.of(2, 3), new double[] {1, 2, 3, 0.5, 0.5, -1});
  private static final double ROW_0 = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
  private static final double ROW_1 = Math.log(2 * Math.exp(0.5) + Math.exp(-1));

  private static Tensor labels(long... labels) {
    return Tensor.of(Shape.of(labels.length), labels);
  }

  private static double loss(double smoothing, Tensor logits, long... labels) {
    return Running.first(new CrossEntropy(smoothing), logits, labels(labels)).item();
  }

  private static double[] gradient(double smoothing, double dloss, long... labels) {
    Tensor upstream = Tensor.allocate(TensorType.of(DType.F64));
    upstream.set(0, dloss);
    Tensor probabilities = Running.first(new Softmax(1), LOGITS);
    OpSpec grad = new CrossEntropy.Grad(smoothing);
    return Running.first(grad, probabilities, labels(labels), upstream).toDoubleArray();
  }

  @Test
  void softmaxOfLargeNumbersDoesNotOverflow() {
    Tensor x = Tensor.of(Shape.of(1, 2), new double[] {1e300, 1e300});
    assertThat(Running.first(new Softmax(1), x).toDoubleArray()).containsExactly(0.5, 0.5);
    Tensor y = Tensor.of(Shape.of(1, 2), new double[] {-1000, -1001});
    assertThat(Running.first(new LogSoftmax(1), y).toDoubleArray())
        .containsExactly(
            new double[] {-Math.log1p(Math.exp(-1)), -Math.log1p(Math.E)}, offset(1e-12));
  }

  @Test
  void softmaxGivesMaskedScoresNothing() {
    Tensor x = Tensor.of(Shape.of(1, 3), new double[] {0, LOWEST, 0});
    assertThat(Running.first(new Softmax(1), x).toDoubleArray()).containsExactly(0.5, 0, 0.5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void softmaxSumsToOneAlongItsAxis(int axis) {
    Tensor y = Running.first(new Softmax(axis), Numbers.normal(1, 3, 4, 5));
    OpSpec sum = new Reduce(Reduce.Kind.SUM, List.of(axis), false);
    for (double total : Running.first(sum, y).toDoubleArray()) {
      assertThat(total).isCloseTo(1, offset(1e-12));
    }
  }

  @Test
  void crossEntropyAveragesTheSamples() {
    assertThat(loss(0, LOGITS, 2, 0)).isCloseTo((ROW_0 - 3 + ROW_1 - 0.5) / 2, offset(1e-12));
  }

  @Test
  void crossEntropyWithSmoothingSpreadsTheTarget() {
    double onLabel = ROW_0 - 3;
    double onAll = (3 * ROW_0 - 6) / 3;
    assertThat(loss(0.25, LOGITS, 2, CrossEntropy.IGNORE))
        .isCloseTo(0.75 * onLabel + 0.25 * onAll, offset(1e-12));
  }

  @Test
  void ignoredSamplesDoNotCount() {
    assertThat(loss(0, LOGITS, CrossEntropy.IGNORE, 0)).isCloseTo(ROW_1 - 0.5, offset(1e-12));
    assertThat(loss(0, LOGITS, CrossEntropy.IGNORE, CrossEntropy.IGNORE)).isZero();
    assertThat(gradient(0, 1, CrossEntropy.IGNORE, CrossEntropy.IGNORE)).containsOnly(0);
    double[] one = gradient(0, 3, CrossEntropy.IGNORE, 0);
    assertThat(one).startsWith(0, 0, 0);
    assertThat(one[3]).isCloseTo(3 * (Math.exp(0.5 - ROW_1) - 1), offset(1e-12));
    assertThat(one[5]).isCloseTo(3 * Math.exp(-1 - ROW_1), offset(1e-12));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 3, -99, Long.MAX_VALUE, Long.MIN_VALUE})
  void labelsThatAreNoClassMakeTheLossNotANumber(long label) {
    assertThat(loss(0, LOGITS, label, 0)).isNaN();
    assertThat(loss(0.1, LOGITS, 0, label)).isNaN();
  }

  @Test
  void gradientOfEverySampleSumsToZero() {
    double[] gradient = gradient(0.3, 2, 1, 2);
    assertThat(gradient[0] + gradient[1] + gradient[2]).isCloseTo(0, offset(1e-12));
    assertThat(gradient[3] + gradient[4] + gradient[5]).isCloseTo(0, offset(1e-12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"U8", "I32", "I64"})
  void labelsMayBeAnyWholeNumbers(DType dtype) {
    Tensor target = labels(2, 0).to(dtype);
    assertThat(Running.first(new CrossEntropy(0), LOGITS, target).item())
        .isEqualTo(loss(0, LOGITS, 2, 0));
  }
}
