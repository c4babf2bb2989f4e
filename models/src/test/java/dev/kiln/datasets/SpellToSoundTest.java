package dev.kiln.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.Batch;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.InvalidDataException;
import dev.kiln.metrics.Metric;
import dev.kiln.models.task.Task;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.train.Clip;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Scorer;
import dev.kiln.train.Trainer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpellToSoundTest {

  private static final DataFolders INSTALLED = DataFolders.standard(Optional.empty());

  @TempDir Path folder;

  private PronouncingDictionary.Entry only(String line) throws IOException {
    Path file = Files.writeString(folder.resolve("dictionary"), "MNCL\n" + line + "\n\n");
    return PronouncingDictionary.read(file).getFirst();
  }

  @Test
  void phonemesAreThoseOfAllSyllablesInOrder() throws IOException {
    assertThat(only("(\"aback\" nil (((ax) 0) ((b ae k) 1)))"))
        .isEqualTo(new PronouncingDictionary.Entry("aback", List.of("ax", "b", "ae", "k")));
    assertThat(only("(\"AWOL\" n (((ey) 1) ((w ao l) 0)))").spelling()).isEqualTo("awol");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(\"aback\" nil (((ax) 0) ((b ae k) 1))",
        "(\"aback\" nil ())",
        "(\"\" nil (((ax) 0)))",
        "(\"don't\" nil (((ax) 0)))",
        "(\"a\" nil ((() 0)))",
        "(\"a\" nil (((ax) high)))",
        "hello"
      })
  void aLineThatIsNoEntryIsNamed(String line) {
    assertThatThrownBy(() -> only(line))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("line 2 is no entry such as")
        .hasMessageContaining(line);
  }

  @Test
  void hostileFilesFailCleanly() throws IOException {
    Path file = folder.resolve("hostile");
    Files.writeString(file, "(".repeat(1_000_000));
    assertThatThrownBy(() -> PronouncingDictionary.read(file)).hasMessageContaining("line 1");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 10});
    assertThatThrownBy(() -> PronouncingDictionary.read(file)).hasMessageContaining("ASCII");
    Files.writeString(file, "MNCL\n");
    assertThatThrownBy(() -> PronouncingDictionary.read(file)).hasMessageContaining("no entry");
  }

  @Test
  void aDictionaryOfOneWordLeavesNoneForAPart() throws IOException {
    Path file = Files.writeString(folder.resolve("short"), "(\"a\" n (((ey) 1)))\n");
    DataFolders folders = DataFolders.standard(Optional.of(file));
    assertThatThrownBy(() -> Catalogue.entry("spell-to-sound").load(folders))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("1 words are too few");
  }

  @Test
  void whereItIsMissingTheMessageSaysHowToGetIt() {
    DataFolders folders = new DataFolders(Optional.empty(), folder, folder);
    assertThatThrownBy(() -> Catalogue.entry("spell-to-sound").load(folders))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("apt-get install festlex-cmu");
  }

  private static CatalogueEntry installed() {
    CatalogueEntry entry = Catalogue.entry("spell-to-sound");
    assumeTrue(entry.isPresent(INSTALLED), "Debian's festlex-cmu is not on this machine");
    return entry;
  }

  /** The words of a part: their letters, and how many. */
  private static Set<List<Long>> words(Dataset part) {
    Batch all = all(part);
    int letters = part.features().shape().dim(0);
    long[] tokens = all.features().toLongArray();
    Set<List<Long>> words = new HashSet<>();
    for (int i = 0; i < part.size(); i++) {
      int from = i * letters;
      int to = from + (int) all.more().getFirst().get(i);
      words.add(LongStream.of(Arrays.copyOfRange(tokens, from, to)).boxed().toList());
    }
    return words;
  }

  private static Batch all(Dataset part) {
    Batch all = Batch.allocate(part, part.size(), Arena.ofAuto());
    for (int i = 0; i < part.size(); i++) {
      part.read(i, all, i);
    }
    return all;
  }

  @Test
  void noWordIsInTwoParts() throws IOException {
    DataSplit split = installed().load(INSTALLED).split();
    List<Set<List<Long>>> parts =
        List.of(words(split.train()), words(split.validation()), words(split.test()));
    assertThat(split.train().size() + split.validation().size() + split.test().size())
        .isEqualTo(105_901);
    assertThat(split.test().size()).isBetween(10_000, 11_200);
    Set<List<Long>> together = new HashSet<>();
    parts.forEach(together::addAll);
    assertThat(parts.stream().mapToInt(Set::size).sum()).isEqualTo(together.size());
  }

  /** The documented training in small: short words only. */
  @Test
  void learnsToPronounceShortWordsItHasNotSeen() throws IOException {
    CatalogueEntry entry = installed();
    List<String> lines = Files.readAllLines(entry.found(INSTALLED).orElseThrow());
    Path some = folder.resolve("short");
    Files.write(some, lines.stream().filter(line -> line.matches("\\(\"[a-z]{1,4}\" .*")).toList());
    LoadedDataset data = entry.load(DataFolders.standard(Optional.of(some)));
    Task task = data.task();
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, task.build(Zoo.find("seq2seq-attention")), data.split().train())
                .optimizer(Optimizer.adam(0.004))
                .clip(new Clip.ByNorm(1))
                .epochs(3)
                .build()) {
      trainer.fit();
      double network = errorRate(task, trainer, data.split().test());
      double baseline =
          task.baselines(data.split(), data.split().test())
              .getFirst()
              .evaluation()
              .value(Metric.TOKEN_ERROR_RATE);
      assertThat(network).isLessThan(0.16).isLessThan(baseline);
    }
  }

  private static double errorRate(Task task, Trainer trainer, Dataset words) {
    Scorer scorer = task.scorer(trainer.learner());
    Batch all = all(words);
    scorer.add(all.fields(), all.targets());
    return scorer.evaluate().value(Metric.TOKEN_ERROR_RATE);
  }
}
