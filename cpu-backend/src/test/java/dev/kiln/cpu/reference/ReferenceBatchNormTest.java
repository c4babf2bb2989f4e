package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceBatchNormTest {

  private static Tensor channels(double... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  @Test
  void normalizesEveryChannelAndMovesTheRunningStatistics() {
    // Channel 0 is 1, 3 and 5, 7: mean 4, squares 9 + 1 + 1 + 9. Channel 1 is constant.
    Tensor x = Tensor.of(Shape.of(2, 2, 1, 2), new double[] {1, 3, 8, 8, 5, 7, 8, 8});
    List<Tensor> y =
        Running.run(
            new BatchNorm(0.25, 1e-5),
            x,
            channels(2, 3),
            channels(10, 20),
            channels(0, 4),
            channels(1, 1));
    double deviation = Math.sqrt(5 + 1e-5);
    assertThat(y.get(0).toDoubleArray())
        .containsExactly(
            new double[] {
              10 - 6 / deviation,
              10 - 2 / deviation,
              20,
              20, //
              10 + 2 / deviation,
              10 + 6 / deviation,
              20,
              20
            },
            offset(1e-12));
    assertThat(y.get(1).toDoubleArray()).containsExactly(4, 8);
    assertThat(y.get(2).toDoubleArray()).containsExactly(5, 0);
    assertThat(y.get(3).toDoubleArray()).containsExactly(1, 5);
    assertThat(y.get(4).toDoubleArray())
        .containsExactly(new double[] {0.75 + 0.25 * 20 / 3, 0.75}, offset(1e-12));
  }

  @Test
  void inferenceUsesTheGivenStatistics() {
    Tensor x = Tensor.of(Shape.of(2, 2), new double[] {1, 2, 3, 4});
    Tensor y =
        Running.first(
            new BatchNormInference(1),
            x,
            channels(2, 3),
            channels(10, 20),
            channels(1, 1),
            channels(3, 8));
    assertThat(y.toDoubleArray()).containsExactly(new double[] {10, 21, 12, 23}, offset(1e-12));
  }

  @Test
  void samplesOfAMatrixAreRows() {
    Tensor image = Numbers.normal(1, 6, 3, 1, 1);
    Tensor one = channels(1, 1, 1);
    Tensor zero = channels(0, 0, 0);
    BatchNorm norm = new BatchNorm(0.1, 1e-5);
    assertThat(Running.first(norm, image.reshape(6, 3), one, zero, zero, one).toDoubleArray())
        .containsExactly(Running.first(norm, image, one, zero, zero, one).toDoubleArray());
  }
}
