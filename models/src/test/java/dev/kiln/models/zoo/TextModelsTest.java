package dev.kiln.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Backends;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.Subset;
import dev.kiln.data.Vocabulary;
import dev.kiln.datasets.Catalogue;
import dev.kiln.datasets.CatalogueEntry;
import dev.kiln.datasets.DataFolders;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.decode.RecurrentTokenModel;
import dev.kiln.metrics.Metric;
import dev.kiln.models.task.LanguageModelling;
import dev.kiln.models.task.WordClassification;
import dev.kiln.nn.Models;
import dev.kiln.nn.Network;
import dev.kiln.nn.Recurrent;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Optimizer;
import dev.kiln.train.Settings;
import dev.kiln.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The networks for words and texts: their parameters, and that small ones learn real data. */
class TextModelsTest {

  @TempDir private Path temp;

  /** By hand: 59 letters of 32; two directions of 3 128 (32 + 128 + 2); 8 (256 + 1). */
  @Test
  void languageIdHasTheParametersOfItsLayers() {
    WordClassification task =
        new WordClassification(
            letters(58), 24, IntStream.range(0, 8).mapToObj(i -> "c" + i).toList());
    Network network =
        Network.of(
            task.build(Zoo.find("language-id")),
            DType.F32,
            List.of(
                TensorType.of(DType.I64, 4, 24),
                TensorType.of(DType.I64, 4),
                TensorType.of(DType.I64, 4)));
    assertThat(network.parameterCount()).isEqualTo(59 * 32 + 2 * 3 * 128 * 162 + 8 * 257);
  }

  /** By hand: 74 characters of 64; 4 256 (64 + 256 + 2); 74 (256 + 1). */
  @Test
  void charLmHasTheParametersOfItsLayers() {
    Network network =
        Network.of(
            new LanguageModelling(letters(73), 64).build(Zoo.find("char-lm")),
            DType.F32,
            List.of(TensorType.of(DType.I64, 4, 64), TensorType.of(DType.I64, 4, 64)));
    assertThat(network.parameterCount()).isEqualTo(74 * 64 + 4 * 256 * 322 + 74 * 257);
  }

  private static Vocabulary letters(int count) {
    return new Vocabulary(
        IntStream.range(0, count).mapToObj(i -> Character.toString('a' + i)).toList());
  }

  /** One in eight words, one pass: far above chance, and above the frequencies of the letters. */
  @Test
  void aSmallNetworkTellsLanguagesApart() throws IOException {
    CatalogueEntry entry = Catalogue.entry("words");
    DataFolders usual = DataFolders.standard(Optional.empty());
    assumeTrue(entry.isPresent(usual), entry.howToGet());
    LoadedDataset words = entry.load(usual);
    WordClassification task = (WordClassification) words.task();
    DataSplit split = words.split();
    var network =
        new WordClassifier(task.vocabulary().size(), 24, Recurrent.gru(64).inBothDirections(), 8);
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, Models.sequenceClassifier(network), everyEighth(split.train()))
                .batchSize(64)
                .epochs(1)
                .optimizer(Optimizer.adam(0.005))
                .build()) {
      trainer.fit();
      double reached = trainer.evaluate(split.test()).get("accuracy");
      double frequencies =
          task.baselines(split, split.test()).getFirst().evaluation().value(Metric.ACCURACY);
      assertThat(reached).isGreaterThan(0.6).isGreaterThan(frequencies);
    }
  }

  private static Dataset everyEighth(Dataset data) {
    return new Subset(data, IntStream.range(0, data.size()).filter(i -> i % 8 == 0).toArray());
  }

  /** A twentieth of the King James Bible, one pass. */
  @Test
  void aSmallNetworkLearnsToContinueAText() throws IOException {
    Path text = bible("ge1:1-ex20:1");
    LoadedDataset data = Catalogue.entry("text").load(DataFolders.standard(Optional.of(text)));
    LanguageModelling task = (LanguageModelling) data.task();
    LanguageModel model = new LanguageModel(task.vocabulary().size(), 32, Recurrent.gru(96));
    try (Backend backend = Backends.openBest();
        Trainer trainer =
            Trainer.of(backend, model, data.split().train())
                .batchSize(16)
                .epochs(2)
                .optimizer(Optimizer.adam(0.005))
                .metrics(Metric.BITS_PER_CHARACTER)
                .scorer(task::scorer)
                .build()) {
      trainer.fit();
      double bits = trainer.evaluate(data.split().test()).get("bits_per_character");
      double trigrams =
          task.baselines(data.split(), data.split().test())
              .getFirst()
              .evaluation()
              .value(Metric.BITS_PER_CHARACTER);
      assertThat(bits).isLessThan(trigrams).isLessThan(2.4);
    }
  }

  /** What makes text step by step gives the probabilities that training sees window by window. */
  @Test
  void stepsSayWhatWindowsSay() {
    LanguageModel model = new LanguageModel(5, 3, Recurrent.lstm(7));
    long[] text = {1, 4, 2, 0, 3, 3};
    List<TensorType> types =
        List.of(TensorType.of(DType.I64, 1, 6), TensorType.of(DType.I64, 1, 6));
    Network network = Network.of(model, DType.F32, types);
    try (Backend backend = Backends.open("reference", 0);
        var learner =
            new Learner(
                backend,
                network,
                List.of(TensorType.of(DType.I64, 6), TensorType.of(DType.I64, 6)),
                Settings.of(Optimizer.sgd(1)));
        var steps =
            new RecurrentTokenModel(backend, network, learner.variables(), model.step(), 1)) {
      Tensor tokens = Tensor.of(Shape.of(1, 6), text);
      float[] logits = learner.evaluate(List.of(tokens, tokens)).predictions().toFloatArray();
      var state = steps.zeros();
      for (int i = 0; i < text.length; i++) {
        var reading = steps.read(List.of(state), new int[] {(int) text[i]}).getFirst();
        state = reading.state();
        for (int token = 1; token < 5; token++) {
          assertThat(reading.logProbability(token) - reading.logProbability(0))
              .isCloseTo(logits[5 * i + token] - logits[5 * i], within(1e-5));
        }
      }
    }
  }

  /** Writes verses by the program of Debian's package bible-kjv. */
  private Path bible(String verses) throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/bible")),
        "Debian's bible-kjv is not installed: apt-get install bible-kjv");
    Path text = temp.resolve("kjv.txt");
    Process process =
        new ProcessBuilder("/usr/bin/bible", "-f", verses)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(text.toFile())
            .start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", interrupted));
    }
    assertThat(process.exitValue()).isZero();
    return text;
  }
}
