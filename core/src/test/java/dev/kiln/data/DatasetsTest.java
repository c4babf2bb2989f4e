package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of data set gives for an index, and what it refuses to be made of. */
class DatasetsTest {

  private static final List<String> CAT_DOG = List.of("cat", "dog");

  @Test
  void aTensorDatasetGivesItsRows() {
    Tensor features = Tensor.of(Shape.of(3, 2), 1f, 2f, 3f, 4f, 5f, 6f);
    Dataset dataset =
        TensorDataset.ofClasses(features, Tensor.of(Shape.of(3), 0L, 1L, 0L), CAT_DOG);
    assertThat(dataset.size()).isEqualTo(3);
    assertThat(dataset.features()).isEqualTo(TensorType.of(DType.F32, 2));
    assertThat(dataset.target()).isEqualTo(TensorType.of(DType.I64));
    assertThat(dataset.describe()).isEqualTo("3 examples of F32[2] in 2 classes");
    Batch batch = Batch.allocate(dataset, 2, Arena.ofAuto());
    dataset.read(2, batch, 0);
    dataset.read(1, batch, 1);
    assertThat(batch.features().toFloatArray()).containsExactly(5, 6, 3, 4);
    assertThat(batch.targets().toLongArray()).containsExactly(0, 1);
  }

  @Test
  void aRegressionDatasetHasNoClasses() {
    Dataset dataset =
        TensorDataset.ofValues(
            Tensor.of(Shape.of(2, 1), 1f, 2f), Tensor.of(Shape.of(2, 1), 10f, 20f));
    assertThat(dataset.classNames()).isEmpty();
    assertThat(dataset.describe()).isEqualTo("2 examples of F32[1] with target F32[1]");
  }

  @Test
  void aPixelDatasetGivesImagesBetweenZeroAndOne() {
    Tensor pixels = Tensor.allocate(TensorType.of(DType.U8, 2, 1, 1, 3));
    pixels.set(3, 0);
    pixels.set(4, 51);
    pixels.set(5, 255);
    Tensor labels = Tensor.allocate(TensorType.of(DType.U8, 2));
    labels.set(1, 1);
    Dataset dataset = new PixelDataset(pixels, labels, CAT_DOG);
    assertThat(dataset.features()).isEqualTo(TensorType.of(DType.F32, 1, 1, 3));
    Batch batch = Batch.allocate(dataset, 2, Arena.ofAuto());
    dataset.read(1, batch, 1);
    assertThat(batch.features().toFloatArray()).containsExactly(0, 0, 0, 0, 51 / 255f, 1);
    assertThat(batch.targets().toLongArray()).containsExactly(0, 1);
  }

  @Test
  void aWindowDatasetShowsStepsAndAsksForThoseThatFollow() {
    Dataset dataset = new WindowDataset(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    assertThat(dataset.size()).isEqualTo(2);
    Batch batch = Batch.allocate(dataset, 2, Arena.ofAuto());
    dataset.read(0, batch, 0);
    dataset.read(1, batch, 1);
    assertThat(batch.features().type()).isEqualTo(TensorType.of(DType.F32, 2, 3, 1));
    assertThat(batch.features().toFloatArray()).containsExactly(1, 2, 3, 2, 3, 4);
    assertThat(batch.targets().toFloatArray()).containsExactly(4, 5, 5, 6);
  }

  @Test
  void noValueThatIsAskedForInOnePartIsSeenInAnOlderOne() {
    float[] values = new float[40];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    WindowDataset windows = new WindowDataset(values, 4, 3);
    DataSplit split = windows.split(0.2, 0.25);
    assertThat(windows.trainingValues(0.2, 0.25)).isEqualTo(22);
    assertThat(List.of(first(split.train()), last(split.train()))).containsExactly(4f, 21f);
    assertThat(List.of(first(split.validation()), last(split.validation())))
        .containsExactly(22f, 29f);
    assertThat(List.of(first(split.test()), last(split.test()))).containsExactly(30f, 39f);
    assertThatThrownBy(() -> windows.split(0.05, 0.25))
        .hasMessageContaining("the values 29 to 30 of the series are too few");
  }

  private static float first(Dataset part) {
    return answers(part, 0)[0];
  }

  private static float last(Dataset part) {
    float[] answers = answers(part, part.size() - 1);
    return answers[answers.length - 1];
  }

  private static float[] answers(Dataset part, int index) {
    Batch one = Batch.allocate(part, 1, Arena.ofAuto());
    part.read(index, one, 0);
    return one.targets().toFloatArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 5, 6})
  void aWindowMustLeaveAValueToAskFor(int window) {
    assertThatThrownBy(() -> new WindowDataset(new float[5], window, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a window of " + window + " steps");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 2, Long.MAX_VALUE})
  void aLabelThatIsNoClassIsNamedWithItsRow(long label) {
    Tensor labels = Tensor.of(Shape.of(3), 0L, label, 1L);
    assertThatThrownBy(
            () -> TensorDataset.ofClasses(Tensor.of(Shape.of(3), 1f, 2f, 3f), labels, CAT_DOG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1 has label " + label + ", but the 2 classes are 0 to 1");
  }

  @Test
  void aPixelLabelThatIsNoClassIsNamedWithItsRow() {
    Tensor labels = Tensor.allocate(TensorType.of(DType.U8, 2));
    labels.set(1, 200);
    assertThatThrownBy(() ->
            new PixelDataset(Tensor.allocate(TensorType.of(DType.U8, 2, 1, 4, 4)), labels, CAT_DOG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1 has label 200, but the 2 classes are 0 to 1");
  }

  @Test
  void tensorsThatDoNotFitAreRefused() {
    Tensor three = Tensor.of(Shape.of(3), 1f, 2f, 3f);
    assertThatThrownBy(
            () -> TensorDataset.ofClasses(three, Tensor.of(Shape.of(2), 0L, 1L), CAT_DOG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("F32[3] and I64[2]");
    assertThatThrownBy(() -> TensorDataset.ofClasses(three, three, CAT_DOG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("labels must be I64[N]");
    assertThatThrownBy(() -> TensorDataset.ofValues(three, Tensor.of(Shape.of(3), 0L, 1L, 2L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be floating-point");
    assertThatThrownBy(() -> new PixelDataset(three, three, CAT_DOG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs pixels U8[N, C, H, W]");
  }

  @Test
  void aSubsetGivesTheChosenExamplesInOrder() {
    Dataset dataset = new WindowDataset(new float[] {1, 2, 3, 4, 5}, 1, 1);
    Dataset subset = new Subset(dataset, new int[] {3, 0});
    Batch batch = Batch.allocate(subset, 2, Arena.ofAuto());
    subset.read(0, batch, 0);
    subset.read(1, batch, 1);
    assertThat(batch.features().toFloatArray()).containsExactly(4, 1);
    assertThatThrownBy(() -> new Subset(dataset, new int[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one example");
    assertThatThrownBy(() -> new Subset(dataset, new int[] {4}))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
