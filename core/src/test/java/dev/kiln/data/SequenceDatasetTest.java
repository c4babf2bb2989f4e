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

/** Sequences of different lengths in one batch. */
class SequenceDatasetTest {

  private static final List<String> CLASSES = List.of("no", "yes");
  private static final Tensor LONG = Tensor.of(Shape.of(3), 5L, 6L, 7L);
  private static final Tensor SHORT = Tensor.of(Shape.of(1), 9L);

  @Test
  void padsFeaturesWithZerosAndLabelsOfStepsWithIgnore() {
    SequenceDataset dataset =
        SequenceDataset.ofSteps(
            List.of(LONG, SHORT),
            List.of(Tensor.of(Shape.of(3), 1L, 0L, 1L), Tensor.of(Shape.of(1), 1L)),
            CLASSES);
    assertThat(dataset.fields())
        .containsExactly(
            TensorType.of(DType.I64, 3), TensorType.of(DType.I64, 3), TensorType.of(DType.I64));
    try (Arena arena = Arena.ofConfined()) {
      Batch batch = Batch.allocate(dataset, 2, arena);
      batch.fields().forEach(field -> field.data().fill((byte) -1));
      dataset.read(0, batch, 1);
      dataset.read(1, batch, 0);
      assertThat(batch.features().toLongArray()).containsExactly(9, 0, 0, 5, 6, 7);
      assertThat(batch.targets().toLongArray()).containsExactly(1, -100, -100, 1, 0, 1);
      assertThat(batch.more().getFirst().toLongArray()).containsExactly(1, 3);
    }
  }

  @Test
  void aWholeSequenceMayHaveTheClass() {
    SequenceDataset dataset =
        SequenceDataset.ofClasses(List.of(LONG, SHORT), Tensor.of(Shape.of(2), 0L, 1L), CLASSES)
            .paddedTo(4);
    assertThat(dataset.features()).isEqualTo(TensorType.of(DType.I64, 4));
    try (BatchLoader loader =
        BatchLoader.of(new Subset(dataset, new int[] {1, 0, 1})).batchSize(2).build()) {
      Batch first = loader.next();
      assertThat(first.features().toLongArray()).containsExactly(9, 0, 0, 0, 5, 6, 7, 0);
      assertThat(first.targets().toLongArray()).containsExactly(1, 0);
      assertThat(first.more().getFirst().toLongArray()).containsExactly(1, 3);
      Batch rest = loader.next();
      assertThat(rest.fields()).extracting(Tensor::shape).allMatch(shape -> shape.dim(0) == 1);
      assertThat(rest.more().getFirst().toLongArray()).containsExactly(1);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Tensor labels = Tensor.of(Shape.of(2), 0L, 1L);
    assertThatThrownBy(() -> SequenceDataset.ofClasses(List.of(), labels, CLASSES))
        .hasMessageContaining("at least one sequence");
    assertThatThrownBy(() -> SequenceDataset.ofClasses(List.of(LONG), labels, CLASSES))
        .hasMessageContaining("1 sequences need labels I64[1], but they are I64[2]");
    assertThatThrownBy(() ->
            SequenceDataset.ofClasses(
                List.of(LONG, Tensor.of(Shape.of(2, 1), 1f, 2f)), labels, CLASSES))
        .hasMessageContaining("sequence 1 has steps F32[1], but the first has steps I64");
    assertThatThrownBy(() ->
            SequenceDataset.ofClasses(
                List.of(LONG, SHORT), Tensor.of(Shape.of(2), 0L, 2L), CLASSES))
        .hasMessageContaining("label 2");
    assertThatThrownBy(() -> SequenceDataset.ofSteps(List.of(LONG), List.of(labels), CLASSES))
        .hasMessageContaining("sequence 0 is I64[3], so its labels must be I64[3]");
    assertThatThrownBy(
            () -> SequenceDataset.ofClasses(List.of(LONG, SHORT), labels, CLASSES).paddedTo(2))
        .hasMessageContaining("sequence 0 has 3 steps, which do not fit into 2");
  }
}
