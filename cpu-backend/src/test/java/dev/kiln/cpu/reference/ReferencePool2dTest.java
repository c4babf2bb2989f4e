package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.op.Pool2d;
import dev.kiln.op.Pool2d.Kind;
import dev.kiln.op.Size2d;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencePool2dTest {

  private static final double NAN = Double.NaN;
  private static final double LOWEST = Double.NEGATIVE_INFINITY;

  private static Pool2d pool(Kind kind, int kernel, int stride, int padding) {
    return new Pool2d(kind, Size2d.square(kernel), Size2d.square(stride), Size2d.square(padding));
  }

  private static Tensor plane(int rows, int columns, double... values) {
    return Tensor.of(Shape.of(1, 1, rows, columns), values);
  }

  @Test
  void theFirstOfEqualsIsTheMaximum() {
    List<Tensor> pooled = Running.run(pool(Kind.MAX, 2, 2, 0), plane(2, 4, 0, 0, 1, 2, 0, 0, 2, 2));
    assertThat(pooled.get(0).toDoubleArray()).containsExactly(0, 2);
    assertThat(pooled.get(1).toLongArray()).containsExactly(0, 3);
  }

  @Test
  void notANumberWinsAndTheLastOfThemIsTheIndex() {
    List<Tensor> pooled = Running.run(pool(Kind.MAX, 2, 1, 0), plane(2, 2, 1, NAN, NAN, 9));
    assertThat(pooled.get(0).item()).isNaN();
    assertThat(pooled.get(1).item()).isEqualTo(2);
  }

  @Test
  void minusInfinityIsTheMaximumOfItself() {
    List<Tensor> pooled =
        Running.run(pool(Kind.MAX, 2, 2, 1), plane(2, 2, LOWEST, LOWEST, LOWEST, LOWEST));
    assertThat(pooled.get(0).toDoubleArray()).containsOnly(LOWEST);
    assertThat(pooled.get(1).toLongArray()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void paddingNeverIsTheMaximum() {
    List<Tensor> pooled = Running.run(pool(Kind.MAX, 2, 2, 1), plane(2, 2, -1, -2, -3, -4));
    assertThat(pooled.get(0).toDoubleArray()).containsExactly(-1, -2, -3, -4);
  }

  @Test
  void indicesCountWithinEachPlane() {
    Tensor x = Tensor.of(Shape.of(1, 2, 2, 2), new double[] {1, 2, 3, 4, 8, 7, 6, 5});
    assertThat(Running.run(pool(Kind.MAX, 2, 2, 0), x).get(1).toLongArray()).containsExactly(3, 0);
  }

  @ParameterizedTest
  @CsvSource({"AVERAGE_INCLUDING_PADDING, 1, 1.5", "AVERAGE_EXCLUDING_PADDING, 4, 3"})
  void averagesCountPaddingOrNot(Kind kind, double corner, double edge) {
    // Windows of 2x2 over [4 4 2; ...] padded by 1: a corner holds one real value, an edge two.
    Tensor y = Running.first(pool(kind, 2, 2, 1), plane(3, 3, 4, 4, 2, 0, 0, 0, 0, 0, 0));
    assertThat(y.get(0)).isEqualTo(corner);
    assertThat(y.get(1)).isEqualTo(edge);
  }

  @Test
  void overlappingMaximaAddTheirGradients() {
    Pool2d pool = pool(Kind.MAX, 2, 1, 0);
    Tensor x = plane(3, 3, 0, 0, 0, 0, 9, 0, 0, 0, 0);
    Tensor indices = Running.run(pool, x).get(1);
    Tensor dy = plane(2, 2, 1, 20, 300, 4000);
    Tensor dx = Running.first(new Pool2d.Grad(pool, x.shape()), dy, indices);
    assertThat(dx.toDoubleArray()).containsExactly(0, 0, 0, 0, 4321, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"AVERAGE_INCLUDING_PADDING", "AVERAGE_EXCLUDING_PADDING"})
  void averageGradientIsTheAdjoint(Kind kind) {
    Pool2d pool = new Pool2d(kind, new Size2d(3, 2), new Size2d(2, 1), new Size2d(1, 1));
    Tensor x = Numbers.normal(1, 2, 3, 7, 5);
    Tensor y = Running.first(pool, x);
    Tensor dy = Numbers.normal(2, y.shape());
    Tensor dx = Running.first(new Pool2d.Grad(pool, x.shape()), dy);
    assertThat(Numbers.dot(x, dx)).isCloseTo(Numbers.dot(y, dy), offset(1e-12));
  }
}
