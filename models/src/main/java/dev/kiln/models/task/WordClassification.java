package dev.kiln.models.task;

import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.RaggedDataset;
import dev.kiln.data.Vocabulary;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.Architecture;
import dev.kiln.models.zoo.ModelEntry;
import dev.kiln.nn.Model;
import dev.kiln.nn.Models;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * To tell the class of a word from its letters, such as its language.
 *
 * @param vocabulary the letters
 * @param longest the most letters of a word
 * @param classes the names of the classes
 */
public record WordClassification(Vocabulary vocabulary, int longest, List<String> classes)
    implements Task {

  /** Copies the list. */
  public WordClassification {
    classes = List.copyOf(classes);
  }

  @Override
  public List<TensorType> sample() {
    return List.of(
        TensorType.of(DType.I64, longest), TensorType.of(DType.I64), TensorType.of(DType.I64));
  }

  @Override
  public Model build(ModelEntry entry) {
    return Models.sequenceClassifier(
        entry
            .require(Architecture.ForWords.class, "words")
            .network()
            .build(vocabulary.size(), classes.size()));
  }

  @Override
  public String describe() {
    return "a word of up to %d of %d letters in one of %d classes"
        .formatted(longest, vocabulary.characters().size(), classes.size());
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.ACCURACY);
  }

  @Override
  public Scorer scorer() {
    return Scorer.ofClasses();
  }

  @Override
  public List<Baseline> baselines(DataSplit data, Dataset part) {
    LetterFrequencies frequencies =
        LetterFrequencies.of((RaggedDataset) data.train(), vocabulary.size());
    return List.of(new Baseline("letter frequencies", frequencies.evaluate((RaggedDataset) part)));
  }

  @Override
  public void checkFits(Task other, String data) {
    if (!equals(other)) {
      throw new IllegalArgumentException(
          "the model was trained on %s with letters %s, which %s does not have just so"
              .formatted(describe(), String.join("", vocabulary.characters()), data));
    }
  }

  @Override
  public List<UnknownCharacters> unknownCharacters() {
    return List.of(UnknownCharacters.MAPPED, UnknownCharacters.REFUSED);
  }

  @Override
  public boolean hasAlternatives() {
    return true;
  }

  @Override
  public List<Sample> read(String argument, UnknownCharacters unknown) {
    String word = normalized(argument);
    int letters = word.codePointCount(0, word.length());
    if (letters < 1 || letters > longest) {
      throw new IllegalArgumentException(
          letters < 1
              ? "'%s' is empty: a word has at least one letter".formatted(argument)
              : "'%s' has %d letters, but the model takes words of at most %d"
                  .formatted(argument, letters, longest));
    }
    Optional<String> note = unknown.check(word, vocabulary);
    long[] padded =
        Arrays.copyOf(Arrays.stream(vocabulary.encode(word)).asLongStream().toArray(), longest);
    List<Tensor> fields =
        List.of(
            Tensor.of(Shape.of(1, longest), padded),
            Tensor.of(Shape.of(1), 0L),
            Tensor.of(Shape.of(1), (long) letters));
    return List.of(new Sample(argument, fields, Optional.empty(), note));
  }

  /** Returns the word that a sample is made of. */
  public String spelling(Sample sample) {
    Tensor letters = sample.fields().get(0);
    StringBuilder word = new StringBuilder();
    for (long i = 0; i < sample.fields().get(2).get(0); i++) {
      word.append(vocabulary.decode((int) letters.get(i)));
    }
    return word.toString();
  }

  /** Returns a word as the network takes it: composed characters (NFC) in lower case. */
  public static String normalized(String word) {
    String stripped = word.strip();
    String composed =
        Normalizer.isNormalized(stripped, Normalizer.Form.NFC)
            ? stripped
            : Normalizer.normalize(stripped, Normalizer.Form.NFC);
    return composed.toLowerCase(Locale.ROOT);
  }

  @Override
  public Prediction predict(Learner learner, Sample sample) {
    return ClassPrediction.of(sample, classes, learner.evaluate(sample.fields()).predictions());
  }
}
