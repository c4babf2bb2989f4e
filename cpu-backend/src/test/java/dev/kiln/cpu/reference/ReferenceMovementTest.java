package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.op.Cast;
import dev.kiln.op.Concat;
import dev.kiln.op.Embedding;
import dev.kiln.op.OpSpec;
import dev.kiln.op.Pack;
import dev.kiln.op.Reshape;
import dev.kiln.op.Slice;
import dev.kiln.op.Transpose;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations that move elements without computing. */
class ReferenceMovementTest {

  private static final double NAN = Double.NaN;

  @Test
  void packZeroesTheGapsAndCopiesTheRest() {
    Tensor a = Tensor.of(Shape.of(2), new double[] {1, 2});
    Tensor b = Tensor.of(Shape.of(1, 3), new double[] {3, 4, 5});
    Tensor flat = Running.first(new Pack(List.of(1L, 4L), 9), a, b);
    assertThat(flat.toDoubleArray()).containsExactly(0, 1, 2, 0, 3, 4, 5, 0, 0);
  }

  @Test
  void packLeavesWhatLiesInItsPlace() {
    Tensor flat = Tensor.of(Shape.of(8), new double[] {9, 1, 2, 9, 9, 9, 9, 9});
    Tensor inPlace =
        Tensor.wrap(
            TensorType.of(DType.F64, 2), flat.data().asSlice(Double.BYTES, 2 * Double.BYTES));
    Tensor elsewhere = Tensor.of(Shape.of(3), new double[] {3, 4, 5});
    Running.runInPlace(new Pack(List.of(1L, 4L), 8), List.of(inPlace, elsewhere), List.of(flat));
    assertThat(flat.toDoubleArray()).containsExactly(0, 1, 2, 0, 3, 4, 5, 0);
  }

  @Test
  void packTakesOneTensorTwice() {
    Tensor flat = Tensor.of(Shape.of(4), new double[] {1, 2, 9, 9});
    Tensor inPlace =
        Tensor.wrap(TensorType.of(DType.F64, 2), flat.data().asSlice(0, 2 * Double.BYTES));
    Running.runInPlace(new Pack(List.of(0L, 2L), 4), List.of(inPlace, inPlace), List.of(flat));
    assertThat(flat.toDoubleArray()).containsExactly(1, 2, 1, 2);
  }

  /** Numbers that a double cannot hold. */
  private static Tensor longs() {
    return Tensor.of(Shape.of(2, 3), new long[] {Long.MAX_VALUE, -1, 2, 3, 4, Long.MIN_VALUE + 1});
  }

  static List<Arguments> movements() {
    long max = Long.MAX_VALUE;
    long min = Long.MIN_VALUE + 1;
    return List.of(
        Arguments.of(new Reshape(Shape.of(6)), new long[] {max, -1, 2, 3, 4, min}),
        Arguments.of(new Transpose(List.of(1, 0)), new long[] {max, 3, -1, 4, 2, min}),
        Arguments.of(new Slice(1, 1, 3), new long[] {-1, 2, 4, min}),
        Arguments.of(new Slice(0, 1, 2), new long[] {3, 4, min}),
        Arguments.of(
            new Slice.Grad(new Slice(1, 1, 4), 5), new long[] {0, max, -1, 2, 0, 0, 3, 4, min, 0}),
        Arguments.of(new Concat(1), new long[] {max, -1, 2, 3, 4, min}));
  }

  @ParameterizedTest
  @MethodSource("movements")
  void wholeNumbersKeepEveryBit(OpSpec spec, long[] expected) {
    assertThat(Running.first(spec, longs()).toLongArray()).containsExactly(expected);
  }

  @Test
  void viewTakesAPartOfTheFlatTensor() {
    Tensor flat = Tensor.of(Shape.of(6), new double[] {0, 1, 2, 3, 4, 5});
    Tensor view = Running.first(new View(1, Shape.of(2, 2)), flat);
    assertThat(view.toDoubleArray()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void concatJoinsDifferentSizes() {
    Tensor a = Tensor.of(Shape.of(2, 1), new double[] {1, 4});
    Tensor b = Tensor.of(Shape.of(2, 2), new double[] {2, 3, 5, 6});
    assertThat(Running.first(new Concat(1), a, b).toDoubleArray())
        .containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void castTruncatesToWholeNumbersAndRoundsToFloatingPointNumbers() {
    Tensor x = Tensor.of(Shape.of(4), new double[] {2.9, -2.9, 0.1, 65519});
    assertThat(Running.first(new Cast(DType.I32), x).toLongArray())
        .containsExactly(2, -2, 0, 65519);
    assertThat(Running.first(new Cast(DType.F32), x).get(2)).isEqualTo(0.1f);
    assertThat(Running.first(new Cast(DType.F16), x).get(3)).isEqualTo(65504);
    assertThat(Running.first(new Cast(DType.BF16), x).get(3)).isEqualTo(65536);
    Tensor pixels = Running.first(new Cast(DType.U8), Tensor.of(Shape.of(1), new double[] {200}));
    assertThat(Running.first(new Cast(DType.F32), pixels).item()).isEqualTo(200);
  }

  @Test
  void embeddingOutsideTheTableIsNotANumber() {
    Tensor table = Tensor.of(Shape.of(3, 2), new double[] {1, 2, 3, 4, 5, 6});
    Tensor indices = Tensor.of(Shape.of(4), new long[] {2, -1, 3, 0});
    assertThat(Running.first(new Embedding(), indices, table).toDoubleArray())
        .containsExactly(5, 6, NAN, NAN, NAN, NAN, 1, 2);
  }

  @Test
  void embeddingGradientAddsUpEveryUseOfARow() {
    Tensor indices = Tensor.of(Shape.of(2, 2), new long[] {1, 0, 1, 9});
    Tensor dy = Tensor.of(Shape.of(2, 2, 1), new double[] {1, 10, 100, 1000});
    assertThat(Running.first(new Embedding.Grad(3), indices, dy).toDoubleArray())
        .containsExactly(10, 101, 0);
  }
}
