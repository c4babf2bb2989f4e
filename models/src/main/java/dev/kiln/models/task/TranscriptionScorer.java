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
import java.util.stream.IntStream;

/**
 * Judges transcriptions as they are found without help, word by word. A word with several true
 * transcriptions counts once, against the nearest of them.
 */
final class TranscriptionScorer implements Scorer {

  /** Turns words into signs. */
  @FunctionalInterface
  interface Transcriber {

    /** Returns the signs of each word, in the same order. */
    List<int[]> transcribe(List<int[]> words);
  }

  private final Transcriber transcriber;
  private final Map<List<Integer>, List<int[]>> truths = new LinkedHashMap<>();

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
  }

  @Override
  public SequenceEvaluation evaluate() {
    List<int[]> words =
        truths.keySet().stream()
            .map(word -> word.stream().mapToInt(Integer::intValue).toArray())
            .toList();
    List<int[]> found = transcriber.transcribe(words);
    SequenceAccumulator edits = new SequenceAccumulator();
    int word = 0;
    for (List<int[]> known : truths.values()) {
      int[] signs = found.get(word++);
      int[] nearest =
          known.stream()
              .min(Comparator.comparingInt(truth -> EditDistance.between(truth, signs)))
              .orElseThrow();
      edits.add(nearest, signs);
    }
    return edits.evaluate();
  }
}
