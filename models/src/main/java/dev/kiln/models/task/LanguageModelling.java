package dev.kiln.models.task;

import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.TokenStream;
import dev.kiln.data.Vocabulary;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.Architecture;
import dev.kiln.models.zoo.LanguageModel;
import dev.kiln.models.zoo.ModelEntry;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Model;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * To tell the next character of a text from all before it.
 *
 * @param vocabulary the characters
 * @param window how many characters are read at once in training
 */
public record LanguageModelling(Vocabulary vocabulary, int window) implements Task {

  @Override
  public List<TensorType> sample() {
    return List.of(TensorType.of(DType.I64, window), TensorType.of(DType.I64, window));
  }

  @Override
  public Model build(ModelEntry entry) {
    return network(entry);
  }

  /**
   * Returns a network of the zoo.
   *
   * @throws IllegalArgumentException if it is none for texts
   */
  public LanguageModel network(ModelEntry entry) {
    return entry
        .require(Architecture.ForText.class, "windows of a text")
        .network()
        .apply(vocabulary.size());
  }

  @Override
  public String describe() {
    return "%d characters of a text, of %d different ones"
        .formatted(window, vocabulary.characters().size());
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.BITS_PER_CHARACTER, Metric.PERPLEXITY);
  }

  @Override
  public Scorer scorer() {
    return Scorer.ofTokensByLoss();
  }

  @Override
  public List<Baseline> baselines(DataSplit data, Dataset part) {
    int[] train = ((TokenStream) data.train()).tokens();
    int[] judged = ((TokenStream) part).tokens();
    return List.of(
        new Baseline(
            "character trigrams", CharacterTrigrams.of(train, vocabulary.size()).evaluate(judged)));
  }

  @Override
  public void checkFits(Task other, String data) {
    if (!equals(other)) {
      throw new IllegalArgumentException(
          "the model was trained on the characters '%s', but this text of %s has others"
              .formatted(String.join("", vocabulary.characters()), data));
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

  /** Reads the beginning of a text, as it stands on the command line. */
  @Override
  public List<Sample> read(String argument, UnknownCharacters unknown) {
    int[] tokens = beginning(argument);
    Optional<String> note = unknown.check(argument, vocabulary);
    long[] read = Arrays.stream(tokens).asLongStream().toArray();
    Shape shape = Shape.of(1, tokens.length);
    List<Tensor> fields =
        List.of(
            Tensor.of(shape, read), Tensor.allocate(TensorType.of(DType.I64, 1, tokens.length)));
    return List.of(new Sample(argument, fields, Optional.empty(), note));
  }

  /**
   * Returns the numbers of a text's characters.
   *
   * @throws IllegalArgumentException if there is none
   */
  public int[] beginning(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          "the text is empty: at least one character is needed, to tell what follows it");
    }
    return vocabulary.encode(text);
  }

  /** Predicts the character after the last one. */
  @Override
  public Prediction predict(Learner learner, Sample sample) {
    learner.forgetCarried(Mode.INFERENCE);
    float[] logits = learner.evaluate(sample.fields()).predictions().toFloatArray();
    int tokens = vocabulary.size();
    float[] last = Arrays.copyOfRange(logits, logits.length - tokens, logits.length);
    Optional<Tensor> truth =
        sample
            .truth()
            .map(labels -> Tensor.of(Shape.of(1), (long) labels.get(labels.elements() - 1)));
    return ClassPrediction.of(
        new Sample(sample.name(), sample.fields(), truth, sample.note()),
        vocabulary.names().stream().map(LanguageModelling::visible).toList(),
        Tensor.of(Shape.of(1, tokens), last));
  }

  private static String visible(String character) {
    return switch (character) {
      case "\n" -> "end of line";
      case "\t" -> "tab";
      case " " -> "space";
      default -> character;
    };
  }
}
