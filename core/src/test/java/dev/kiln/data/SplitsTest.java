package dev.kiln.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.data.Splits.Fold;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitsTest {

  @Property(tries = 200)
  void everyExampleIsInExactlyOnePart(
      @ForAll @IntRange(min = 10, max = 200) int size, @ForAll long seed) {
    Dataset dataset = numbered(size, 1);
    for (DataSplit split :
        List.of(
            Splits.random(dataset, 0.2, 0.3, seed),
            Splits.stratified(dataset, 0.2, 0.3, seed),
            Splits.chronological(dataset, 0.2, 0.3))) {
      List<Integer> all = new ArrayList<>(numbers(split.train()));
      all.addAll(numbers(split.validation()));
      all.addAll(numbers(split.test()));
      assertThat(all).containsExactlyInAnyOrderElementsOf(range(size));
      assertThat(split.validation().size()).isCloseTo((int) (0.2 * size), within(1));
      assertThat(split.test().size()).isCloseTo((int) (0.3 * size), within(1));
    }
  }

  @Property(tries = 200)
  void everyExampleValidatesInExactlyOneFold(
      @ForAll @IntRange(min = 12, max = 100) int size,
      @ForAll @IntRange(min = 2, max = 12) int folds,
      @ForAll long seed) {
    Dataset dataset = numbered(size, 3);
    for (List<Fold> rounds :
        List.of(Splits.kFold(dataset, folds, seed), Splits.stratifiedKFold(dataset, folds, seed))) {
      List<Integer> validated = new ArrayList<>();
      for (Fold fold : rounds) {
        List<Integer> both = new ArrayList<>(numbers(fold.train()));
        both.addAll(numbers(fold.validation()));
        assertThat(both).containsExactlyInAnyOrderElementsOf(range(size));
        assertThat(fold.validation().size()).isBetween(size / folds, size / folds + 1);
        validated.addAll(numbers(fold.validation()));
      }
      assertThat(validated).containsExactlyInAnyOrderElementsOf(range(size));
    }
  }

  @Test
  void aStratifiedSplitKeepsTheClassesInProportion() {
    DataSplit split = Splits.stratified(numbered(300, 3), 0.1, 0.2, 5);
    assertThat(classCounts(split.train(), 3)).containsExactly(70, 70, 70);
    assertThat(classCounts(split.validation(), 3)).containsExactly(10, 10, 10);
    assertThat(classCounts(split.test(), 3)).containsExactly(20, 20, 20);
  }

  @Test
  void stratifiedFoldsKeepTheClassesInProportion() {
    for (Fold fold : Splits.stratifiedKFold(numbered(300, 3), 5, 5)) {
      assertThat(classCounts(fold.validation(), 3)).containsExactly(20, 20, 20);
      assertThat(classCounts(fold.train(), 3)).containsExactly(80, 80, 80);
    }
  }

  @Test
  void withinAPartTheExamplesKeepTheirOrder() {
    assertThat(numbers(Splits.random(numbered(90, 3), 0.2, 0.2, 1).train())).isSorted();
    assertThat(numbers(Splits.stratified(numbered(90, 3), 0.2, 0.2, 1).train())).isSorted();
    assertThat(numbers(Splits.stratifiedKFold(numbered(90, 3), 4, 1).getFirst().train()))
        .isSorted();
  }

  @Test
  void theSeedDecidesAlone() {
    Dataset dataset = numbered(100, 2);
    assertThat(numbers(Splits.random(dataset, 0.2, 0.2, 1).test()))
        .isEqualTo(numbers(Splits.random(dataset, 0.2, 0.2, 1).test()))
        .isNotEqualTo(numbers(Splits.random(dataset, 0.2, 0.2, 2).test()));
    assertThat(numbers(Splits.stratified(dataset, 0.2, 0.2, 1).test()))
        .isEqualTo(numbers(Splits.stratified(dataset, 0.2, 0.2, 1).test()))
        .isNotEqualTo(numbers(Splits.stratified(dataset, 0.2, 0.2, 2).test()));
  }

  @Test
  void aChronologicalSplitTestsOnTheNewest() {
    DataSplit split = Splits.chronological(numbered(10, 1), 0.2, 0.3);
    assertThat(numbers(split.train())).containsExactly(0, 1, 2, 3, 4);
    assertThat(numbers(split.validation())).containsExactly(5, 6);
    assertThat(numbers(split.test())).containsExactly(7, 8, 9);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.5", "0.5, 0", "0.5, 0.5", "-0.1, 0.2", "NaN, 0.2", "0.2, NaN", "1, 0.1"})
  void sharesThatLeaveAPartEmptyAreRefused(double validation, double test) {
    assertThatThrownBy(() -> Splits.random(numbered(100, 1), validation, test, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but are " + validation + " and " + test);
  }

  @Test
  void tooFewExamplesForTheSharesAreRefused() {
    assertThatThrownBy(() -> Splits.random(numbered(3, 1), 0.1, 0.1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must hold at least one example");
  }

  @ParameterizedTest
  @CsvSource({"-1", "0", "1", "11"})
  void foldsMustFitTheData(int folds) {
    assertThatThrownBy(() -> Splits.kFold(numbered(10, 1), folds, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("10 examples can be divided into 2 to 10 folds, not " + folds);
  }

  @Test
  void stratifyingNeedsClasses() {
    assertThatThrownBy(() -> Splits.stratified(new WindowDataset(new float[20], 2, 1), 0.2, 0.2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs targets that are classes");
  }

  /** Example i has the single feature i and the class i % classes. */
  private static Dataset numbered(int size, int classes) {
    float[] features = new float[size];
    long[] labels = new long[size];
    for (int i = 0; i < size; i++) {
      features[i] = i;
      labels[i] = i % classes;
    }
    return TensorDataset.ofClasses(
        Tensor.of(Shape.of(size, 1), features),
        Tensor.of(Shape.of(size), labels),
        IntStream.range(0, classes).mapToObj(c -> "c" + c).toList());
  }

  private static List<Integer> numbers(Dataset dataset) {
    Batch one = Batch.allocate(dataset, 1, Arena.ofAuto());
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < dataset.size(); i++) {
      dataset.read(i, one, 0);
      numbers.add((int) one.features().get(0));
    }
    return numbers;
  }

  private static int[] classCounts(Dataset dataset, int classes) {
    int[] counts = new int[classes];
    numbers(dataset).forEach(number -> counts[number % classes]++);
    return counts;
  }

  private static List<Integer> range(int size) {
    return IntStream.range(0, size).boxed().toList();
  }
}
