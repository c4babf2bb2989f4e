package dev.kiln.cpu.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How far the vectorized functions are from the JDK's exact ones. */
class VectorFunctionsTest {

  /** Every 1,009th float of a magnitude from 1e-35 to 40. */
  private static float[] floats() {
    int first = Float.floatToRawIntBits(1e-35f);
    int last = Float.floatToRawIntBits(40);
    return toArray(
        IntStream.iterate(first, bits -> bits <= last, bits -> bits + 1009)
            .flatMap(bits -> IntStream.of(bits, bits | Integer.MIN_VALUE))
            .toArray());
  }

  private static float[] toArray(int[] bits) {
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Float.intBitsToFloat(bits[i]);
    }
    return values;
  }

  @Test
  void theHyperbolicTangentIsWithinEightUnitsInTheLastPlace() {
    float[] x = floats();
    float[] y = x.clone();
    VectorFunctions.tanh(y, y.length);
    double worst = 0;
    for (int i = 0; i < x.length; i++) {
      double exact = StrictMath.tanh(x[i]);
      worst = Math.max(worst, Math.abs(y[i] - exact) / Math.ulp((float) exact));
    }
    assertThat(worst).isBetween(0.5, 8.0);
  }

  @Test
  void theLogisticFunctionIsWithinThreeTenMillionths() {
    float[] x = floats();
    float[] y = x.clone();
    VectorFunctions.sigmoid(y, y.length);
    double worst = 0;
    for (int i = 0; i < x.length; i++) {
      worst = Math.max(worst, Math.abs(y[i] - 1 / (1 + StrictMath.exp(-x[i]))));
    }
    assertThat(worst).isBetween(1e-9, 3e-7);
  }

  @Test
  void theHyperbolicTangentOfWhatIsNearlyZeroIsThatNumber() {
    float[] x = {0, Float.MIN_VALUE, -Float.MIN_NORMAL, 3e-38f};
    float[] y = x.clone();
    VectorFunctions.tanh(y, y.length);
    for (int i = 0; i < x.length; i++) {
      assertThat(y[i]).isCloseTo(x[i], within(1e-42f));
    }
  }

  @Test
  void bothStayInTheirRangeAndKeepNotANumber() {
    float[] x = {-1e30f, 1e30f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN};
    float[] tanh = x.clone();
    VectorFunctions.tanh(tanh, x.length);
    float[] sigmoid = x.clone();
    VectorFunctions.sigmoid(sigmoid, x.length);
    for (int i = 0; i < x.length - 1; i++) {
      assertThat(tanh[i]).isBetween(-1f, 1f);
      assertThat(sigmoid[i]).isBetween(0f, 1f);
    }
    assertThat(tanh[4]).isNaN();
    assertThat(sigmoid[4]).isNaN();
  }

  @Test
  void onlyTheFirstElementsChange() {
    float[] x = {1, 1, 1};
    VectorFunctions.tanh(x, 2);
    assertThat(x[2]).isEqualTo(1);
    assertThat(x[1]).isEqualTo(x[0]).isLessThan(1);
  }
}
