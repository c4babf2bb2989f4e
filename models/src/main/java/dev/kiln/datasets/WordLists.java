package dev.kiln.datasets;

import dev.kiln.data.DataSplit;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.SequenceDataset;
import dev.kiln.data.Vocabulary;
import dev.kiln.models.task.WordClassification;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Words of eight languages from Debian's word lists: which language is a word from? Words are taken
 * in lower case, since capitals would give German away, and only if they are of letters alone. A
 * word that stands in the lists of several languages has no one answer and is left out. Every
 * language has as many words as every other, drawn by a fixed seed and split 80 : 10 : 10, no word
 * in two parts.
 */
final class WordLists implements CatalogueEntry {

  /** The most words of a language. */
  static final int MOST = 20_000;

  /** The fewest words a language must have. */
  private static final int FEWEST = 100;

  private static final int LONGEST = 24;
  private static final int SHORTEST = 2;

  /** A letter that fewer of the words learned from have is unknown. */
  private static final int RAREST_LETTER = 5;

  /** The languages and the files of Debian's packages. */
  private static final Map<String, String> FILES = new LinkedHashMap<>();

  static {
    FILES.put("English", "american-english");
    FILES.put("French", "french");
    FILES.put("German", "ngerman");
    FILES.put("Spanish", "spanish");
    FILES.put("Italian", "italian");
    FILES.put("Dutch", "dutch");
    FILES.put("Swedish", "swedish");
    FILES.put("Polish", "polish");
  }

  private static final Path SYSTEM = Path.of("/usr/share/dict");

  @Override
  public String name() {
    return "words";
  }

  @Override
  public String summary() {
    return "words of eight languages (Debian's word lists)";
  }

  @Override
  public String examples() {
    return "up to %,d of up to %d letters in each of %d classes"
        .formatted(MOST, LONGEST, FILES.size());
  }

  @Override
  public String howToGet() {
    return "Install Debian's packages (apt-get install wamerican wfrench wngerman wspanish witalian"
        + " wdutch wswedish wpolish), or name a folder with their word lists by --data-dir.";
  }

  @Override
  public List<Path> searched(DataFolders folders) {
    return List.of(folders.chosen().orElse(SYSTEM));
  }

  @Override
  public Optional<Path> found(DataFolders folders) {
    return searched(folders).stream()
        .filter(folder -> paths(folder).stream().allMatch(Files::exists))
        .findFirst();
  }

  @Override
  public LoadedDataset load(DataFolders folders) throws IOException {
    Path folder = require(folders);
    List<List<String>> own = new WordDraw(MOST, SHORTEST, LONGEST).draw(paths(folder));
    int each = own.stream().mapToInt(List::size).min().orElse(0);
    if (each < FEWEST) {
      throw new InvalidDataException(
          folder,
          "a language has only %d words that no other has; %d are needed".formatted(each, FEWEST));
    }
    return dataset(own.stream().map(words -> words.subList(0, each)).toList());
  }

  private static List<Path> paths(Path folder) {
    return FILES.values().stream().map(folder::resolve).toList();
  }

  private LoadedDataset dataset(List<List<String>> words) {
    int each = words.getFirst().size();
    int test = each - each / 10;
    int validation = test - each / 10;
    Vocabulary vocabulary =
        Vocabulary.of(
            words.stream().flatMap(language -> language.subList(0, validation).stream()),
            RAREST_LETTER);
    return new LoadedDataset(
        name(),
        new DataSplit(
            part(words, 0, validation, vocabulary),
            part(words, validation, test, vocabulary),
            part(words, test, each, vocabulary)),
        new WordClassification(vocabulary, LONGEST, List.copyOf(FILES.keySet())));
  }

  private static SequenceDataset part(
      List<List<String>> words, int from, int to, Vocabulary vocabulary) {
    List<Tensor> letters = new ArrayList<>();
    long[] labels = new long[words.size() * (to - from)];
    for (int language = 0; language < words.size(); language++) {
      for (String word : words.get(language).subList(from, to)) {
        labels[letters.size()] = language;
        long[] numbers = Arrays.stream(vocabulary.encode(word)).asLongStream().toArray();
        letters.add(Tensor.of(Shape.of(numbers.length), numbers));
      }
    }
    Tensor label = Tensor.of(Shape.of(labels.length), labels);
    return SequenceDataset.ofClasses(letters, label, List.copyOf(FILES.keySet())).paddedTo(LONGEST);
  }
}
