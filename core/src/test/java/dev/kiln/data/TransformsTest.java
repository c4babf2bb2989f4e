package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformsTest {

  private static final int[] ALL_ZERO = new int[4];
  private static final int[] ALL_ONES = {-1, -1, -1, -1};

  @Test
  void normalizeWorksChannelByChannel() {
    Tensor image = Tensor.of(Shape.of(2, 1, 2), 1f, 3f, 10f, 30f);
    apply(new Normalize(List.of(1f, 10f), List.of(2f, 5f)), image, ALL_ZERO);
    assertThat(image.toFloatArray()).containsExactly(0, 1, 0, 4);
  }

  @Test
  void fittedNormalizationGivesMeanZeroAndDeviationOne() {
    Tensor features = Tensor.of(Shape.of(4, 3), 1f, 7f, 5f, 2f, 7f, 1e6f, 3f, 7f, 0f, 6f, 7f, -5f);
    Dataset raw =
        TensorDataset.ofClasses(features, Tensor.of(Shape.of(4), 0L, 0L, 0L, 0L), List.of("c"));
    Dataset normalized = new NormalizedDataset(raw, Normalize.of(raw));
    Batch batch = Batch.allocate(normalized, 4, Arena.ofAuto());
    for (int i = 0; i < 4; i++) {
      normalized.read(i, batch, i);
    }
    for (int column = 0; column < 3; column++) {
      double mean = 0;
      double squares = 0;
      for (int row = 0; row < 4; row++) {
        double value = batch.features().get(row * 3 + column);
        mean += value / 4;
        squares += value * value / 4;
      }
      assertThat(mean).isCloseTo(0, within(1e-6));
      assertThat(squares).isCloseTo(column == 1 ? 0 : 1, within(1e-6)); // column 1 is constant
    }
    assertThat(features.get(0)).as("the raw data stays").isEqualTo(1);
  }

  @Test
  void normalizationIsMeasuredOverWholeImageChannels() {
    Dataset raw =
        TensorDataset.ofClasses(
            Tensor.of(Shape.of(2, 1, 1, 2), 0f, 4f, 4f, 8f),
            Tensor.of(Shape.of(2), 0L, 0L),
            List.of("c"));
    assertThat(Normalize.of(raw))
        .isEqualTo(new Normalize(List.of(4f), List.of((float) Math.sqrt(8))));
  }

  @Test
  void flipMirrorsEachRowWhenTheHighestBitIsSet() {
    Tensor image = Tensor.of(Shape.of(2, 1, 3), 1f, 2f, 3f, 4f, 5f, 6f);
    apply(new HorizontalFlip(), image, ALL_ZERO);
    assertThat(image.toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
    apply(new HorizontalFlip(), image, ALL_ONES);
    assertThat(image.toFloatArray()).containsExactly(3, 2, 1, 6, 5, 4);
  }

  /** The oracle is the definition: pad, then cut. */
  @Property
  void cropEqualsPaddingThenCutting(
      @ForAll @IntRange(min = 1, max = 2) int padding,
      @ForAll int word0,
      @ForAll int word1,
      @ForAll int word2,
      @ForAll int word3) {
    int[] random = {word0, word1, word2, word3};
    int top = offset(word0, word1, padding);
    int left = offset(word2, word3, padding);
    Tensor image = Tensor.allocate(TensorType.of(DType.F32, 2, 3, 4));
    float[][][] padded = new float[2][3 + 2 * padding][4 + 2 * padding];
    for (int i = 0; i < 24; i++) {
      image.set(i, i + 1);
      padded[i / 12][i / 4 % 3 + padding][i % 4 + padding] = i + 1;
    }
    apply(new RandomCrop(padding), image, random);
    for (int i = 0; i < 24; i++) {
      assertThat(image.get(i)).isEqualTo(padded[i / 12][i / 4 % 3 + top][i % 4 + left]);
    }
  }

  /** Words of zeros choose the offset -padding, words of ones +padding. */
  @ParameterizedTest
  @CsvSource({"0, 0, 0 0 0 1", "-1, 0, 0 3 0 0", "0, -1, 0 0 2 0", "-1, -1, 4 0 0 0"})
  void cropMovesTheImageEachWay(int vertical, int horizontal, String expected) {
    Tensor image = Tensor.of(Shape.of(1, 2, 2), 1f, 2f, 3f, 4f);
    apply(new RandomCrop(1), image, new int[] {vertical, vertical, horizontal, horizontal});
    assertThat(image.toDoubleArray())
        .containsExactly(Stream.of(expected.split(" ")).mapToDouble(Double::parseDouble).toArray());
  }

  @Test
  void transformsRefuseExamplesTheyDoNotFit() {
    TensorType row = TensorType.of(DType.F32, 30);
    TensorType image = TensorType.of(DType.F32, 3, 4, 4);
    assertRefuses(new RandomCrop(1), row, "random crop needs images F32[C, H, W]");
    assertRefuses(
        new RandomCrop(4), image, "padding 4 would move images F32[3, 4, 4] out of sight");
    assertRefuses(new HorizontalFlip(), row, "horizontal flip needs images");
    assertRefuses(new HorizontalFlip(), image.withDType(DType.U8), "U8[3, 4, 4]");
    assertRefuses(new Normalize(List.of(0f), List.of(1f)), image, "1 channels does not fit");
    assertRefuses(
        new Normalize(List.of(0f), List.of(1f)), TensorType.of(DType.I64, 1), "needs examples F32");
  }

  @Test
  void statisticsThatCannotNormalizeAreRefused() {
    for (Float deviation : List.of(0f, -1f, Float.NaN, Float.POSITIVE_INFINITY)) {
      assertThatThrownBy(() -> new Normalize(List.of(0f), List.of(deviation)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Normalize(List.of(0f, 1f), List.of(1f)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RandomCrop(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void augmentationReachesEveryOffsetAndBothSides() {
    Dataset dataset =
        new PixelDataset(
            filled(TensorType.of(DType.U8, 500, 1, 3, 3)),
            Tensor.allocate(TensorType.of(DType.U8, 500)),
            List.of("c"));
    Set<String> seen = new HashSet<>();
    try (BatchLoader loader =
        BatchLoader.of(dataset)
            .batchSize(1)
            .transform(new RandomCrop(1))
            .transform(new HorizontalFlip())
            .build()) {
      for (int i = 0; i < 500; i++) {
        seen.add(Arrays.toString(loader.next().features().toFloatArray()));
      }
    }
    assertThat(seen).hasSize(9 * 2);
  }

  /** floor(u * (2 padding + 1)) for the 64-bit fraction u of two words, in exact arithmetic. */
  private static int offset(int high, int low, int padding) {
    return new BigInteger(Integer.toUnsignedString(high))
        .shiftLeft(32)
        .add(new BigInteger(Integer.toUnsignedString(low)))
        .multiply(BigInteger.valueOf(2L * padding + 1))
        .shiftRight(64)
        .intValueExact();
  }

  private static Tensor filled(TensorType type) {
    Tensor tensor = Tensor.allocate(type);
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.set(i, 1 + i % 9);
    }
    return tensor;
  }

  private static void apply(Transform transform, Tensor image, int[] random) {
    transform.check(image.type());
    transform.apply(image.data(), image.type(), Tensor.allocate(image.type()).data(), random);
  }

  private static void assertRefuses(Transform transform, TensorType example, String message) {
    assertThatThrownBy(() -> transform.check(example))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
