package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.op.Linear;
import dev.kiln.op.MatMul;
import dev.kiln.op.Transpose;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixProductTest {

  /** The definition, one element after the other. */
  private static double[] product(Tensor a, Tensor b, int batch, int m, int k, int n) {
    double[] y = new double[batch * m * n];
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < k; j++) {
        long rowOfA = i / n;
        long matrixOfB = i / (m * n);
        y[i] += a.get(rowOfA * k + j) * b.get((matrixOfB * k + j) * n + i % n);
      }
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1",
    "1, 1, 1, 129",
    "1, 13, 1, 1",
    "1, 2, 3, 4",
    "1, 13, 129, 64",
    "1, 3, 5, 65",
    "3, 13, 7, 129",
    "2, 64, 64, 128"
  })
  void everyWayOfStoringGivesTheSameProduct(int batch, int m, int k, int n) {
    Tensor a = Numbers.normal(1, batch, m, k);
    Tensor b = Numbers.normal(2, batch, k, n);
    double[] expected = product(a, b, batch, m, k, n);
    Transpose swap = new Transpose(List.of(0, 2, 1));
    for (boolean transposeA : new boolean[] {false, true}) {
      for (boolean transposeB : new boolean[] {false, true}) {
        Tensor y =
            Running.first(
                new MatMul(transposeA, transposeB),
                transposeA ? Running.first(swap, a) : a,
                transposeB ? Running.first(swap, b) : b);
        assertThat(y.shape()).isEqualTo(Shape.of(batch, m, n));
        assertThat(y.toDoubleArray()).containsExactly(expected, offset(1e-12));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 3, 5", "13, 129, 65"})
  void linearAddsTheBiasToEveryRow(int rows, int in, int out) {
    Tensor x = Numbers.normal(1, rows, in);
    Tensor weight = Numbers.normal(2, out, in);
    Tensor bias = Numbers.normal(3, out);
    Tensor transposed = Running.first(new Transpose(List.of(1, 0)), weight);
    double[] expected = product(x, transposed, 1, rows, in, out);
    assertThat(Running.first(new Linear(), x, weight).toDoubleArray())
        .containsExactly(expected, offset(1e-12));
    for (int i = 0; i < expected.length; i++) {
      expected[i] += bias.get(i % out);
    }
    assertThat(Running.first(new Linear(), x, weight, bias).toDoubleArray())
        .containsExactly(expected, offset(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "4, 13"})
  void linearTakesAnyLeadingDimensions(int batch, int steps) {
    Tensor x = Numbers.normal(1, batch, steps, 6);
    Tensor weight = Numbers.normal(2, 5, 6);
    Tensor y = Running.first(new Linear(), x, weight);
    assertThat(y.shape()).isEqualTo(Shape.of(batch, steps, 5));
    assertThat(y.toDoubleArray())
        .containsExactly(
            Running.first(new Linear(), x.reshape(batch * steps, 6), weight).toDoubleArray());
  }

  @Test
  void singlePrecisionSumsInDoublePrecision() {
    int length = 100_000;
    // In single precision the sum of so many tenths would be off in the fourth digit.
    float[] tenths = new float[length];
    float[] ones = new float[length];
    Arrays.fill(tenths, 0.1f);
    Arrays.fill(ones, 1);
    Tensor y =
        Running.first(
            MatMul.PLAIN,
            Tensor.of(Shape.of(1, length), tenths),
            Tensor.of(Shape.of(length, 1), ones));
    assertThat(y.type().dtype()).isEqualTo(DType.F32);
    assertThat((float) y.item()).isEqualTo((float) (0.1f * (double) length));
  }
}
