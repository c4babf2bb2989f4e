package dev.kiln.datasets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.data.Dataset;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.RaggedDataset;
import dev.kiln.models.task.WordClassification;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordListsTest {

  private static final List<String> FILES =
      List.of(
          "american-english",
          "french",
          "ngerman",
          "spanish",
          "italian",
          "dutch",
          "swedish",
          "polish");

  @TempDir private Path folder;

  /** Writes lists in which every word of a language is made of its own letter and a, b and c. */
  private void writeLists(int words) throws IOException {
    for (int language = 0; language < FILES.size(); language++) {
      write(language, words, List.of(), UTF_8);
    }
  }

  private void write(int language, int words, List<String> more, Charset charset)
      throws IOException {
    List<String> lines = new ArrayList<>(more);
    for (int i = 0; i < words + language; i++) {
      lines.add(
          (char) ('k' + language)
              + Integer.toString(i, 3)
                  .replaceAll("0", "a")
                  .replaceAll("1", "b")
                  .replaceAll("2", "c"));
    }
    Files.write(folder.resolve(FILES.get(language)), lines, charset);
  }

  private LoadedDataset load() throws IOException {
    return new WordLists().load(DataFolders.standard(Optional.of(folder)));
  }

  /** The words of a part with their labels. */
  private static Map<String, Integer> words(Dataset part, WordClassification task) {
    RaggedDataset ragged = (RaggedDataset) part;
    Map<String, Integer> words = new HashMap<>();
    Tensor letters = Tensor.allocate(TensorType.of(DType.I64, 1, task.longest()));
    Tensor label = Tensor.allocate(TensorType.of(DType.I64, 1));
    for (int i = 0; i < part.size(); i++) {
      part.readFeatures(i, letters, 0);
      part.readTarget(i, label, 0);
      StringBuilder word = new StringBuilder();
      for (int k = 0; k < ragged.length(i); k++) {
        word.append(task.vocabulary().decode((int) letters.get(k)));
      }
      words.put(word.toString(), (int) label.get(0));
    }
    return words;
  }

  @Test
  void everyLanguageHasAsManyWordsAndNoWordIsInTwoParts() throws IOException {
    writeLists(150);
    LoadedDataset data = load();
    WordClassification task = (WordClassification) data.task();
    assertThat(data.split().train().size()).isEqualTo(8 * 120);
    assertThat(data.split().validation().size()).isEqualTo(8 * 15);
    assertThat(data.split().test().size()).isEqualTo(8 * 15);
    Set<String> seen = new HashSet<>();
    for (Dataset part :
        List.of(data.split().train(), data.split().validation(), data.split().test())) {
      Map<String, Integer> words = words(part, task);
      assertThat(words).hasSize(part.size());
      words.forEach((word, label) -> {
        assertThat(seen.add(word)).as(word).isTrue();
        assertThat(word.charAt(0)).isEqualTo((char) ('k' + label));
      });
    }
    assertThat(words(load().split().test(), task)).isEqualTo(words(data.split().test(), task));
  }

  @Test
  void wordsAreOfLettersInLowerCaseAndOfOneLanguageOnly() throws IOException {
    writeLists(120);
    write(0, 120, List.of("dog's", "co-op", "A", "x".repeat(25), "Kabab", "lama", "LAB"), UTF_8);
    write(1, 120, List.of("LAMA", "labb"), UTF_8);
    LoadedDataset data = load();
    Map<String, Integer> all = new HashMap<>();
    for (Dataset part :
        List.of(data.split().train(), data.split().validation(), data.split().test())) {
      all.putAll(words(part, (WordClassification) data.task()));
    }
    assertThat(all.keySet())
        .allSatisfy(word -> assertThat(word).matches("[a-z]{2,24}"))
        .doesNotContain("lama");
  }

  @Test
  void aListThatIsNotInUtf8IsInIso8859() throws IOException {
    writeLists(120);
    List<String> swedish = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      swedish.add("\u00e5\u00e4\u00f6" + "q".repeat(1 + i % 20) + (i < 20 ? "" : "\u00e5"));
    }
    write(6, 100, swedish, ISO_8859_1);
    WordClassification task = (WordClassification) load().task();
    assertThat(task.vocabulary().characters()).contains("\u00e5", "\u00e4", "\u00f6");
  }

  @Test
  void listsThatAreMissingOrTooShortAreNamedWithWhatToDo() throws IOException {
    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("apt-get install wamerican wfrench");
    writeLists(99);
    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("a language has only 99 words that no other has; 100 are needed");
  }

  @Test
  void debiansListsGiveTwentyThousandWordsOfEachLanguage() throws IOException {
    WordLists lists = new WordLists();
    DataFolders usual = DataFolders.standard(Optional.empty());
    assumeTrue(lists.isPresent(usual), lists.howToGet());
    LoadedDataset data = lists.load(usual);
    WordClassification task = (WordClassification) data.task();
    assertThat(data.split().train().size()).isEqualTo(8 * 16_000);
    assertThat(data.split().validation().size()).isEqualTo(8 * 2_000);
    assertThat(data.split().test().size()).isEqualTo(8 * 2_000);
    assertThat(task.classes()).startsWith("English", "French").endsWith("Polish");
    assertThat(task.vocabulary().characters())
        .contains("\u00df", "\u0142", "\u00f1", "\u00e5")
        .allSatisfy(letter -> assertThat(letter).isEqualTo(letter.toLowerCase(Locale.ROOT)));
  }
}
