package dev.kiln.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.data.Batch;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.Gaps;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.Normalize;
import dev.kiln.models.task.Forecast;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {

  @TempDir Path folder;

  @Test
  void listsEveryEntryOnceWithAllThatAUserAsks() {
    assertThat(Catalogue.entries())
        .extracting(CatalogueEntry::name)
        .containsExactly(
            "digits",
            "breast-cancer",
            "co2",
            "sunspots",
            "fashion-mnist",
            "mnist",
            "cifar10",
            "words",
            "spell-to-sound",
            "csv",
            "text");
    assertThat(Catalogue.entries())
        .allSatisfy(entry -> {
          assertThat(entry.summary()).isNotBlank();
          assertThat(entry.examples()).isNotBlank();
          assertThat(entry.howToGet()).isNotBlank();
          assertThat(Catalogue.entry(entry.name())).isSameAs(entry);
        });
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> Catalogue.entry("imagenet"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown data set 'imagenet'; there are digits, breast-cancer, co2, sunspots,"
                + " fashion-mnist, mnist, cifar10, words, spell-to-sound, csv, text");
  }

  @ParameterizedTest
  @CsvSource({"digits, 1797, 10, '1,8,8'", "breast-cancer, 569, 2, 30"})
  void tablesThatComeWithKilnLoadSplitAndNormalized(
      String name, int rows, int classes, String shape) throws IOException {
    CatalogueEntry entry = Catalogue.entry(name);
    assertThat(entry.isPresent(nowhere())).isTrue();
    assertThat(entry.searched(nowhere())).isEmpty();
    LoadedDataset loaded = entry.load(nowhere());
    DataSplit split = loaded.split();
    assertThat(split.train().size() + split.validation().size() + split.test().size())
        .isEqualTo(rows);
    assertThat(split.test().size()).isCloseTo(rows / 5, within(classes));
    assertThat(split.validation().size()).isCloseTo(rows / 10, within(classes));
    assertThat(split.train().classNames()).hasSize(classes);
    assertThat(split.train().features().shape().dims())
        .extracting(String::valueOf)
        .containsExactly(shape.split(","));
    Normalize again = Normalize.of(split.train());
    assertThat(again.mean()).allSatisfy(mean -> assertThat(mean).isCloseTo(0, within(1e-4f)));
    assertThat(again.deviation()).allSatisfy(d -> assertThat(d).isCloseTo(1, within(1e-4f)));
    assertThat(contents(split)).as("no example in two parts").hasSize(rows);
    assertThat(contents(entry.load(nowhere()).split())).isEqualTo(contents(split));
  }

  @ParameterizedTest
  @CsvSource({"co2, 2284, 52, 13, 316.1", "sunspots, 309, 33, 5, 5.0"})
  void seriesThatComeWithKilnLoadInOrderWithoutGaps(
      String name, int rows, int window, int horizon, double first) throws IOException {
    LoadedDataset loaded = Catalogue.entry(name).load(nowhere());
    DataSplit split = loaded.split();
    int test = rows - (int) Math.round(0.8 * rows);
    assertThat(split.test().size()).isEqualTo(test - horizon + 1);
    assertThat(split.train().features()).isEqualTo(TensorType.of(DType.F32, window, 1));
    assertThat(split.train().target()).isEqualTo(TensorType.of(DType.F32, horizon));
    for (Dataset part : List.of(split.train(), split.validation(), split.test())) {
      Batch one = Batch.allocate(part, 1, Arena.ofAuto());
      for (int i = 0; i < part.size(); i++) {
        part.read(i, one, 0);
        for (int step = 0; step < window; step++) {
          assertThat(one.features().get(step)).isFinite();
        }
      }
    }
    Forecast task = (Forecast) loaded.task();
    assertThat(firstValue(split.train()) * task.deviation() + task.mean())
        .isCloseTo(first, within(0.01));
  }

  @Test
  void aSeriesWithGapsMayBeRefused() {
    assertThatThrownBy(() -> Catalogue.entry("co2").withGaps(Gaps.REFUSE).load(nowhere()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("is missing, and gaps are refused; fill them with --gaps");
    assertThatThrownBy(() -> Catalogue.entry("digits").withGaps(Gaps.CARRY))
        .hasMessageContaining("digits is no series");
  }

  @Test
  void idxImagesAreFoundInEachPlaceAndSplit() throws IOException {
    CatalogueEntry entry = Catalogue.entry("fashion-mnist");
    assertThat(entry.isPresent(nowhere())).isFalse();
    for (Path place :
        List.of(folder.resolve("system/fashion-mnist"), folder.resolve("cache/fashion-mnist"))) {
      writeIdx(place, 240, 30, 9);
      assertThat(entry.found(nowhere())).contains(place);
      DataSplit split = entry.load(nowhere()).split();
      assertThat(split.train().size()).isEqualTo(220);
      assertThat(split.validation().size()).isEqualTo(20);
      assertThat(split.test().size()).isEqualTo(30);
      Files.delete(place.resolve("t10k-labels-idx1-ubyte"));
    }
  }

  @Test
  void aChosenFolderIsTheOnlyOneLookedAt() throws IOException {
    CatalogueEntry entry = Catalogue.entry("mnist");
    writeIdx(folder.resolve("cache/mnist"), 24, 10, 9);
    Path chosen = Files.createDirectory(folder.resolve("chosen"));
    assertThat(entry.isPresent(nowhere())).isTrue();
    assertThatThrownBy(() -> entry.load(choosing(chosen)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            "data set mnist: not found; looked in "
                + chosen
                + ", "
                + chosen.resolve("mnist")
                + ". "
                + entry.howToGet());
    writeIdx(chosen.resolve("mnist"), 24, 10, 9);
    assertThat(entry.found(choosing(chosen))).contains(chosen.resolve("mnist"));
  }

  @Test
  void aLabelThatIsNoClassIsNamedWithItsFileAndRow() throws IOException {
    Path place = folder.resolve("cache/mnist");
    writeIdx(place, 24, 10, 10);
    assertThatThrownBy(() -> Catalogue.entry("mnist").load(nowhere()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(
            place.resolve("train-labels-idx1-ubyte")
                + ": row 10 has label 10, but the 10 classes are 0 to 9");
  }

  @Test
  void imagesAndLabelsMustCorrespond() throws IOException {
    Path place = folder.resolve("cache/mnist");
    writeIdx(place, 24, 10, 9);
    writeLabels(place.resolve("train-labels-idx1-ubyte"), 23, 9);
    assertThatThrownBy(() -> Catalogue.entry("mnist").load(nowhere()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("must hold one label per image, U8[24], but holds U8[23]");
    writeLabels(place.resolve("train-images-idx3-ubyte"), 24, 9);
    assertThatThrownBy(() -> Catalogue.entry("mnist").load(nowhere()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("must hold images U8[N, H, W], but holds U8[24]");
  }

  @Test
  void fashionMnistCanBeDownloadedAndTheOthersCannot() {
    Download download = Catalogue.entry("fashion-mnist").download().orElseThrow();
    assertThat(download.files()).hasSize(4);
    assertThat(download.files())
        .allSatisfy(file -> {
          assertThat(file.sha256()).matches("[0-9a-f]{64}");
          assertThat(file.uri()).hasScheme("http").hasPath("/" + file.name());
        });
    assertThat(download.bytes()).isEqualTo(30_878_645);
    assertThat(Catalogue.entries())
        .filteredOn(entry -> entry.download().isPresent())
        .extracting(CatalogueEntry::name)
        .containsExactly("fashion-mnist");
    assertThat(nowhere().downloads("x")).isEqualTo(folder.resolve("cache/x"));
    assertThat(choosing(folder).downloads("x")).isEqualTo(folder);
  }

  @Test
  void cifarImagesAreFoundAndSplit() throws IOException {
    CatalogueEntry entry = Catalogue.entry("cifar10");
    Path place = Files.createDirectories(folder.resolve("chosen/cifar-10-batches-bin"));
    for (int i = 1; i <= 5; i++) {
      Files.write(place.resolve("data_batch_" + i + ".bin"), cifar(20));
    }
    DataFolders folders = choosing(folder.resolve("chosen"));
    assertThat(entry.isPresent(folders)).isFalse();
    Files.write(place.resolve("test_batch.bin"), cifar(10));
    assertThat(entry.isPresent(folders)).isTrue();
    DataSplit split = entry.load(folders).split();
    assertThat(split.train().size()).isEqualTo(90);
    assertThat(split.validation().size()).isEqualTo(10);
    assertThat(split.test().size()).isEqualTo(10);
    assertThat(split.train().features()).isEqualTo(TensorType.of(DType.F32, 3, 32, 32));
  }

  @Test
  void aUsersOwnTableIsReadFromAFileOrTheOnlyOneOfAFolder() throws IOException {
    CatalogueEntry entry = Catalogue.entry("csv");
    assertThat(entry.isPresent(nowhere())).isFalse();
    assertThatThrownBy(() -> entry.load(nowhere()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("looked in no folder, for none was named. Name a CSV file");
    StringBuilder text = new StringBuilder("a,label,b\n");
    for (int i = 0; i < 40; i++) {
      text.append(i).append(',').append(i % 4).append(',').append(-i).append('\n');
    }
    Path chosen = Files.createDirectory(folder.resolve("chosen"));
    Path file = Files.writeString(chosen.resolve("mine.csv"), text);
    for (Path place : List.of(chosen, file)) {
      DataSplit split = entry.load(choosing(place)).split();
      assertThat(split.train().features()).isEqualTo(TensorType.of(DType.F32, 2));
      assertThat(split.train().classNames()).containsExactly("0", "1", "2", "3");
      assertThat(split.train().size()).isEqualTo(28);
    }
    Files.writeString(chosen.resolve("other.csv"), text);
    assertThat(entry.isPresent(choosing(chosen))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a,b;1,0            | has no column 'label'; its columns are [a, b]
          label;1;0          | has no column beside the label
          a,label;1,0;2,1.5  | line 3 has label 1.5
          a,label;1,-1;2,1   | line 2 has label -1.0
          a,label;1,10000    | line 2 has label 10000.0, but at most 10000 classes
          a,label;1,0;2,0    | has only the label 0
          a,label;1,0;x,1    | line 3, column 1 (a): 'x' is not a number
          """)
  void aTableThatCannotTrainIsExplained(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("t.csv"), text.replace(';', '\n'));
    assertThatThrownBy(() -> Catalogue.entry("csv").load(choosing(file)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fashion-mnist", "mnist", "cifar10"})
  void whatIsNotThereSaysWhereItWasLookedForAndHowToGetIt(String name) {
    CatalogueEntry entry = Catalogue.entry(name);
    assertThatThrownBy(() -> entry.load(nowhere()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(folder.resolve("system").toString())
        .hasMessageContaining(folder.resolve("cache").toString())
        .hasMessageContaining(entry.howToGet());
  }

  @Test
  void theUsualPlacesAreDebiansAndTheUsersCache() {
    DataFolders folders = DataFolders.standard(Optional.empty());
    assertThat(folders.named("fashion-mnist").getFirst())
        .isEqualTo(Path.of("/usr/share/datasets/fashion-mnist"));
    assertThat(folders.cache()).hasFileName("kiln").isAbsolute();
  }

  private DataFolders nowhere() {
    return new DataFolders(Optional.empty(), folder.resolve("system"), folder.resolve("cache"));
  }

  private DataFolders choosing(Path place) {
    return new DataFolders(Optional.of(place), folder.resolve("system"), folder.resolve("cache"));
  }

  private static Set<List<Double>> contents(DataSplit split) {
    Set<List<Double>> contents = new HashSet<>();
    for (Dataset dataset : List.of(split.train(), split.validation(), split.test())) {
      Batch one = Batch.allocate(dataset, 1, Arena.ofAuto());
      for (int i = 0; i < dataset.size(); i++) {
        dataset.read(i, one, 0);
        List<Double> values = new ArrayList<>();
        for (double value : one.features().toDoubleArray()) {
          values.add(value);
        }
        contents.add(values);
      }
    }
    return contents;
  }

  private static float firstValue(Dataset dataset) {
    Batch one = Batch.allocate(dataset, 1, Arena.ofAuto());
    dataset.read(0, one, 0);
    return (float) one.features().get(0);
  }

  private static void writeIdx(Path place, int train, int test, int highestLabel)
      throws IOException {
    Files.createDirectories(place);
    writeImages(place.resolve("train-images-idx3-ubyte"), train);
    writeLabels(place.resolve("train-labels-idx1-ubyte"), train, highestLabel);
    writeImages(place.resolve("t10k-images-idx3-ubyte"), test);
    writeLabels(place.resolve("t10k-labels-idx1-ubyte"), test, highestLabel);
  }

  private static void writeImages(Path file, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16 + count * 4);
    Files.write(file, bytes.putInt(0x803).putInt(count).putInt(2).putInt(2).array());
  }

  private static void writeLabels(Path file, int count, int highest) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      bytes.put((byte) (i % (highest + 1)));
    }
    Files.write(file, bytes.array());
  }

  private static byte[] cifar(int count) {
    byte[] bytes = new byte[count * 3073];
    for (int i = 0; i < count; i++) {
      bytes[i * 3073] = (byte) (i % 10);
    }
    return bytes;
  }
}
