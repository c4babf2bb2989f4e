package dev.kiln.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToleranceTest {

  private static final Tolerance TOLERANCE = new Tolerance(0.1, 0.5);

  @ParameterizedTest
  @CsvSource({
    "10, 10, 0",
    "11.5, 10, 1",
    "8.5, 10, 1",
    "13, 10, 2",
    "-10, 10, 13.333333333333334",
    "0.25, 0, 0.5",
    "NaN, NaN, 0",
    "NaN, 10, Infinity",
    "10, NaN, Infinity",
    "Infinity, Infinity, 0",
    "Infinity, -Infinity, Infinity",
    "Infinity, 10, Infinity",
  })
  void anErrorIsMeasuredAgainstWhatIsAllowed(double got, double want, double ratio) {
    Deviation worst = TOLERANCE.worst("y", scalar(got), scalar(want));
    assertThat(worst.ratio()).isEqualTo(ratio);
    assertThat(worst.passes()).isEqualTo(ratio <= 1);
  }

  @Test
  void theWorstElementIsTheOneThatUsesUpMost() {
    Tensor got = Tensor.of(Shape.of(3), 0.4, 101.0, 1.5);
    Tensor want = Tensor.of(Shape.of(3), 0.0, 100.0, 1.0);
    Deviation worst = TOLERANCE.worst("y", got, want);
    assertThat(worst.index()).isEqualTo(2);
    assertThat(worst)
        .hasToString("y[2] is 1.5, not 1.0: an error of 0.500, 0.833 of what is allowed");
  }

  @Test
  void aNumberThatIsMissingIsNeverOverlooked() {
    Tensor got = Tensor.of(Shape.of(3), 5.0, Double.NaN, 7.0);
    Tensor want = Tensor.of(Shape.of(3), 0.0, 0.0, 0.0);
    assertThat(TOLERANCE.worst("y", got, want).index()).isEqualTo(1);
  }

  @Test
  void shapesMustBeTheSame() {
    assertThatThrownBy(() ->
            TOLERANCE.worst("y", Tensor.of(Shape.of(2), 0.0, 0.0), Tensor.of(Shape.of(1), 0.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("y has the shape [2], but [1] is expected");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "-1, 1", "1, -1", "NaN, 1", "Infinity, 0"})
  void aToleranceAllowsSomethingButNotEverything(double relative, double absolute) {
    assertThatThrownBy(() -> new Tolerance(relative, absolute))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Tensor scalar(double value) {
    return Tensor.of(Shape.SCALAR, value);
  }
}
