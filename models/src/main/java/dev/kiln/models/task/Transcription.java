package dev.kiln.models.task;

import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.SequencePairs;
import dev.kiln.decode.BeamSearch;
import dev.kiln.decode.Hypothesis;
import dev.kiln.decode.Translator;
import dev.kiln.metrics.Metric;
import dev.kiln.models.zoo.Architecture.ForSequencePairs;
import dev.kiln.models.zoo.ModelEntry;
import dev.kiln.nn.EncoderDecoder;
import dev.kiln.nn.Model;
import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import dev.kiln.train.Learner;
import dev.kiln.train.Scorer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * To write a word in other signs, such as the phonemes it is spoken with.
 *
 * @param letters the letters of words, small ones
 * @param signs what words are written in, without marks of beginning and end
 * @param longest the most letters of a word that the network was trained on, or signs with the mark
 *     of the end
 * @param beam how many beginnings the search for the best signs follows; 1 takes the most probable
 *     sign at every step
 */
public record Transcription(List<String> letters, List<String> signs, int longest, int beam)
    implements Task {

  /** How many beginnings are followed where nothing else is asked for. */
  public static final int USUAL_BEAM = 5;

  /** Ranks transcriptions by the mean over their signs, so that short ones are not preferred. */
  private static final double NORMALIZATION = 1;

  /** How much further than any word of the training the search goes. */
  private static final int MARGIN = 2;

  private static final int ROWS = 128;

  /** Copies the lists. */
  public Transcription {
    letters = List.copyOf(letters);
    signs = List.copyOf(signs);
    if (beam < 1) {
      throw new IllegalArgumentException("the beam must be at least 1 wide, not " + beam);
    }
  }

  /** Returns this task with a search that follows so many beginnings. */
  public Transcription withBeam(int width) {
    return new Transcription(letters, signs, longest, width);
  }

  /** Returns the targets' tokens: the signs, then the marks of beginning and end. */
  public static SequencePairs.Targets targets(List<String> signs) {
    List<String> names = new ArrayList<>(signs);
    names.add("<begin>");
    names.add("<end>");
    return new SequencePairs.Targets(names, signs.size(), signs.size() + 1);
  }

  private BeamSearch.Marks marks() {
    return new BeamSearch.Marks(signs.size(), signs.size() + 1);
  }

  @Override
  public List<TensorType> sample() {
    return List.of(
        TensorType.of(DType.I64, longest),
        TensorType.of(DType.I64, longest),
        TensorType.of(DType.I64),
        TensorType.of(DType.I64, longest));
  }

  @Override
  public Model build(ModelEntry entry) {
    return entry
        .require(ForSequencePairs.class, "words with their transcriptions")
        .network()
        .apply(letters.size(), signs.size() + 2);
  }

  @Override
  public String describe() {
    return "a word of %d letters with its transcription into %d signs, up to %d steps"
        .formatted(letters.size(), signs.size(), longest);
  }

  /** While training only: how often the next sign is right after the true ones before. */
  @Override
  public List<Metric> metrics() {
    return List.of(Metric.ACCURACY);
  }

  @Override
  public Scorer scorer() {
    return Scorer.ofClasses();
  }

  @Override
  public Scorer scorer(Learner learner) {
    return new TranscriptionScorer((words, progress) -> transcribe(learner, words, progress));
  }

  @Override
  public List<Baseline> baselines(DataSplit data, Dataset part) {
    LetterAlignment alignment = LetterAlignment.of(pairs(data.train()), letters.size());
    TranscriptionScorer scorer =
        new TranscriptionScorer((words, _) ->
            alignment.transcribe(words).stream().map(TranscriptionScorer.Found::certain).toList());
    pairs(part).forEach(scorer::add);
    return List.of(new Baseline("letters with their neighbours", scorer.evaluate()));
  }

  private List<SequencePairs.Pair> pairs(Dataset data) {
    List<SequencePairs.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      pairs.add(pair(Sample.of("", data, i).fields(), 0));
    }
    return pairs;
  }

  /** The word and the signs in a row of a batch. */
  static SequencePairs.Pair pair(List<Tensor> batch, int row) {
    return new SequencePairs.Pair(
        tokens(batch.get(0), row, (int) batch.get(2).get(row)), signs(batch.get(1), row));
  }

  private static int[] tokens(Tensor rows, int row, int count) {
    int width = rows.shape().dim(1);
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = (int) rows.get((long) row * width + i);
    }
    return tokens;
  }

  /** What stands before the mark of the end, which is the last label that counts. */
  private static int[] signs(Tensor targets, int row) {
    int[] padded = tokens(targets, row, targets.shape().dim(1));
    int counted = (int) Arrays.stream(padded).filter(sign -> sign != CrossEntropy.IGNORE).count();
    return Arrays.copyOf(padded, Math.max(0, counted - 1));
  }

  private List<List<Hypothesis>> transcriptions(
      Learner learner, List<int[]> words, int letterCount, IntConsumer progress) {
    Translator.Sizes sizes = new Translator.Sizes(Math.min(ROWS, beam * words.size()), letterCount);
    // A word longer than all of the training may need more signs than any of them.
    int longestFound = Math.max(longest, letterCount) + MARGIN;
    try (Translator translator =
        new Translator(
            learner.backend(),
            learner.network(),
            learner.variables(),
            (EncoderDecoder) learner.network().model(),
            sizes)) {
      BeamSearch search = new BeamSearch(beam, NORMALIZATION, longestFound);
      List<List<Hypothesis>> found = new ArrayList<>();
      // As many as the translator takes in one turn, so that the turns are those of one call.
      for (int from = 0; from < words.size(); from += sizes.rows()) {
        int to = Math.min(from + sizes.rows(), words.size());
        found.addAll(translator.translate(words.subList(from, to), search, marks()));
        progress.accept(to);
      }
      return found;
    }
  }

  private List<TranscriptionScorer.Found> transcribe(
      Learner learner, List<int[]> words, IntConsumer progress) {
    return transcriptions(learner, words, longest, progress).stream()
        .map(List::getFirst)
        .map(best ->
            new TranscriptionScorer.Found(
                best.tokens().stream().mapToInt(Integer::intValue).toArray(),
                Math.exp(best.logProbability()),
                best.score()))
        .toList();
  }

  /** Returns the word that letters spell. */
  public String spelling(int[] word) {
    return Arrays.stream(word).mapToObj(letters::get).collect(Collectors.joining());
  }

  /** Returns signs as people read them, with spaces between. */
  public String written(int[] found) {
    return String.join(" ", named(Arrays.stream(found).boxed().toList()));
  }

  @Override
  public void checkFits(Task other, String data) {
    if (!(other instanceof Transcription words)
        || !words.letters.equals(letters)
        || !words.signs.equals(signs)) {
      throw new IllegalArgumentException(
          "the model takes samples %s, but those of %s are %s"
              .formatted(describe(), data, other.describe()));
    }
  }

  /** Nothing stands for unknown letters: every letter of the dictionary is trained on. */
  @Override
  public List<UnknownCharacters> unknownCharacters() {
    return List.of(UnknownCharacters.REFUSED);
  }

  @Override
  public boolean hasAlternatives() {
    return true;
  }

  /** Takes the argument itself as a word. */
  @Override
  public List<Sample> read(String argument, UnknownCharacters unknown) throws IOException {
    String word = argument.strip().toLowerCase(Locale.ROOT);
    if (word.isEmpty()) {
      throw new InvalidDataException("word '" + argument + "'", "is empty; name one with letters");
    }
    String[] parts = word.split("");
    Tensor tokens = Tensor.allocate(TensorType.of(DType.I64, 1, parts.length));
    for (int i = 0; i < parts.length; i++) {
      int letter = letters.indexOf(parts[i]);
      if (letter < 0) {
        throw new InvalidDataException(
            "word '" + argument + "'",
            "has '%s', which no word of the training has; the letters are %s"
                .formatted(parts[i], String.join("", letters)));
      }
      tokens.set(i, letter);
    }
    Tensor length = Tensor.allocate(TensorType.of(DType.I64, 1));
    length.set(0, parts.length);
    Tensor none = Tensor.allocate(TensorType.of(DType.I64, 1, 1));
    return List.of(new Sample(word, List.of(tokens, none, length, none), Optional.empty()));
  }

  @Override
  public Prediction predict(Learner learner, Sample sample) {
    SequencePairs.Pair pair = pair(sample.fields(), 0);
    int[] word = pair.source();
    List<TranscriptionPrediction.Found> found =
        transcriptions(learner, List.of(word), word.length, _ -> {}).getFirst().stream()
            .map(each ->
                new TranscriptionPrediction.Found(
                    named(each.tokens()), Math.exp(each.logProbability())))
            .toList();
    Optional<List<String>> truth =
        sample.truth().map(_ -> named(Arrays.stream(pair.target()).boxed().toList()));
    return new TranscriptionPrediction(spelling(word), truth, found);
  }

  private List<String> named(List<Integer> tokens) {
    List<String> all = targets(signs).names();
    return tokens.stream().map(all::get).toList();
  }
}
