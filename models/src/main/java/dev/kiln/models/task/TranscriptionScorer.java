package dev.kiln.models.task;

import dev.kiln.data.SequencePairs;
import dev.kiln.metrics.EditDistance;
import dev.kiln.metrics.SequenceAccumulator;
import dev.kiln.metrics.SequenceEvaluation;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Scorer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Judges transcriptions as they are found without help, word by word. A word with several true
 * transcriptions counts once, against the nearest of them.
 */
public final class TranscriptionScorer implements Scorer {

  /** Turns words into signs. */
  @FunctionalInterface
  interface Transcriber {

    /**
     * Returns what is found for each word, in the same order.
     *
     * @param progress is told how many words are done
     */
    List<Found> transcribe(List<int[]> words, IntConsumer progress);
  }

  /**
   * What was found for a word.
   *
   * @param signs the signs
   * @param probability the model's probability of exactly these
   * @param score what they are ranked by: the mean logarithm of a sign's probability
   */
  record Found(int[] signs, double probability, double score) {

    /** What a method without probabilities finds. */
    static Found certain(int[] signs) {
      return new Found(signs, 1, 0);
    }
  }

  /**
   * A word with what was found for it.
   *
   * @param word its letters
   * @param truth of its true transcriptions the nearest to what was found
   * @param said what was found
   * @param edits how many signs must be inserted, deleted or replaced between the two
   * @param probability the model's probability of what was found
   * @param score what was ranked by: the mean logarithm of a sign's probability
   */
  public record Transcribed(
      int[] word, int[] truth, int[] said, int edits, double probability, double score) {

    private static Transcribed of(List<Integer> word, List<int[]> truths, Found found) {
      int[] nearest =
          truths.stream()
              .min(Comparator.comparingInt(truth -> EditDistance.between(truth, found.signs)))
              .orElseThrow();
      return new Transcribed(
          letters(word),
          nearest,
          found.signs,
          EditDistance.between(nearest, found.signs),
          found.probability,
          found.score);
    }
  }

  private final Transcriber transcriber;
  private final Map<List<Integer>, List<int[]>> truths = new LinkedHashMap<>();
  private final List<Transcribed> transcribed = new ArrayList<>();

  TranscriptionScorer(Transcriber transcriber) {
    this.transcriber = transcriber;
  }

  @Override
  public void add(List<Tensor> batch, Tensor predictions) {
    for (int row = 0; row < batch.getFirst().shape().dim(0); row++) {
      add(Transcription.pair(batch, row));
    }
  }

  void add(SequencePairs.Pair pair) {
    List<Integer> word = IntStream.of(pair.source()).boxed().toList();
    truths.computeIfAbsent(word, key -> new ArrayList<>()).add(pair.target());
    transcribed.clear();
  }

  /** Returns how many different words were added. */
  public int words() {
    return truths.size();
  }

  /**
   * Returns every word that was added with what is found for it, in the order of the data. Searches
   * on the first call.
   *
   * @param progress is told how many words are done
   */
  public List<Transcribed> transcribed(IntConsumer progress) {
    if (transcribed.isEmpty()) {
      List<int[]> words = truths.keySet().stream().map(TranscriptionScorer::letters).toList();
      List<Found> found = transcriber.transcribe(words, progress);
      truths.forEach((word, known) ->
          transcribed.add(Transcribed.of(word, known, found.get(transcribed.size()))));
    }
    return List.copyOf(transcribed);
  }

  private static int[] letters(List<Integer> word) {
    return word.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public SequenceEvaluation evaluate() {
    SequenceAccumulator edits = new SequenceAccumulator();
    transcribed(_ -> {}).forEach(each -> edits.add(each.truth(), each.said()));
    return edits.evaluate();
  }
}
