package dev.kiln.cpu.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kiln.op.Dropout;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceDropoutTest {

  private static final long SEED = 0x9E3779B97F4A7C15L; // needs all its 64 bits

  private static Tensor ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return Tensor.of(Shape.of(count), ones);
  }

  private static Tensor counter(long seed, long step) {
    return Tensor.of(Shape.of(2), new long[] {seed, step});
  }

  @ParameterizedTest
  @CsvSource({"0.5, 1", "0.1, 13", "0.9, 130"})
  void dropsWhereTheRandomWordIsSmall(double probability, int count) {
    int[] words = new int[count];
    new Philox(SEED, 5, 3).fillBits(words);
    Tensor y = Running.first(new Dropout(probability, 5), ones(count), counter(SEED, 3));
    for (int i = 0; i < count; i++) {
      boolean dropped = Integer.toUnsignedLong(words[i]) < (long) (probability * 4294967296.0);
      assertThat(y.get(i)).isEqualTo(dropped ? 0 : (float) (1 / (1 - probability)));
    }
  }

  @Test
  void keepsTheMeanAndEverythingAtProbabilityZero() {
    Tensor x = ones(100_000);
    double sum = 0;
    for (double y : Running.first(new Dropout(0.3, 0), x, counter(1, 1)).toDoubleArray()) {
      sum += y;
    }
    // The deviation of the mean is sqrt(0.3 / 0.7 / 100000), about 0.002.
    assertThat(sum / x.elements()).isCloseTo(1, offset(0.01));
    assertThat(Running.first(new Dropout(0, 0), x, counter(1, 1)).toDoubleArray()).containsOnly(1);
  }

  @Test
  void everyStepSeedAndStreamDrawsAnotherMask() {
    Tensor x = ones(64);
    double[] mask = Running.first(new Dropout(0.5, 0), x, counter(1, 1)).toDoubleArray();
    assertThat(Running.first(new Dropout(0.5, 0), x, counter(1, 1)).toDoubleArray())
        .isEqualTo(mask);
    assertThat(Running.first(new Dropout(0.5, 0), x, counter(1, 2)).toDoubleArray())
        .isNotEqualTo(mask);
    assertThat(Running.first(new Dropout(0.5, 0), x, counter(2, 1)).toDoubleArray())
        .isNotEqualTo(mask);
    assertThat(Running.first(new Dropout(0.5, 1), x, counter(1, 1)).toDoubleArray())
        .isNotEqualTo(mask);
  }

  @Test
  void theMaskDoesNotDependOnTheElementType() {
    Tensor x = ones(64);
    assertThat(Running.first(new Dropout(0.5, 0), x.to(DType.F64), counter(1, 1)).toDoubleArray())
        .isEqualTo(Running.first(new Dropout(0.5, 0), x, counter(1, 1)).toDoubleArray());
  }
}
