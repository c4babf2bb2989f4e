package dev.kiln.models.task;

import dev.kiln.data.SequencePairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Transcription without a network: each letter stands for none, one or two signs, which are those
 * it most often has between its two neighbours. Which signs belong to which letter is found by
 * Viterbi training (Jelinek 1976): words are aligned by what letters usually stand for, and that is
 * counted again, a few times over.
 */
final class LetterAlignment {

  private static final int MOST_SIGNS = 2;
  private static final int ROUNDS = 5;
  private static final double UNSEEN = 1e-6;

  /** A letter with its neighbours, {@code letters} where there is none. */
  private record Context(int before, int letter, int after) {}

  private final int letters;
  private Map<Integer, Map<List<Integer>, Integer>> byLetter = new HashMap<>();
  private final Map<Integer, Integer> letterCounts = new HashMap<>();
  private final Map<Context, List<Integer>> usual = new HashMap<>();

  private LetterAlignment(int letters) {
    this.letters = letters;
  }

  /** Counts what the letters of words stand for. */
  static LetterAlignment of(List<SequencePairs.Pair> pairs, int letters) {
    LetterAlignment alignment = new LetterAlignment(letters);
    for (int round = 0; round < ROUNDS; round++) {
      Map<Integer, Map<List<Integer>, Integer>> counts = new HashMap<>();
      for (SequencePairs.Pair pair : pairs) {
        List<List<Integer>> spans = alignment.align(pair);
        for (int i = 0; i < spans.size(); i++) {
          count(counts, pair.source()[i], spans.get(i));
        }
      }
      alignment.byLetter = counts;
      counts.forEach((letter, spans) ->
          alignment.letterCounts.put(
              letter, spans.values().stream().mapToInt(Integer::intValue).sum()));
    }
    Map<Context, Map<List<Integer>, Integer>> counts = new HashMap<>();
    for (SequencePairs.Pair pair : pairs) {
      List<List<Integer>> spans = alignment.align(pair);
      for (int i = 0; i < spans.size(); i++) {
        count(counts, alignment.context(pair.source(), i), spans.get(i));
      }
    }
    counts.forEach((context, spans) -> alignment.usual.put(context, mostFrequent(spans)));
    return alignment;
  }

  private static <K> void count(
      Map<K, Map<List<Integer>, Integer>> counts, K key, List<Integer> span) {
    counts.computeIfAbsent(key, any -> new HashMap<>()).merge(span, 1, Integer::sum);
  }

  private static List<Integer> mostFrequent(Map<List<Integer>, Integer> spans) {
    return spans.entrySet().stream()
        .max(
            Map.Entry.<List<Integer>, Integer>comparingByValue()
                .thenComparing(entry -> entry.getKey().toString()))
        .orElseThrow()
        .getKey();
  }

  private Context context(int[] word, int i) {
    return new Context(
        i == 0 ? letters : word[i - 1], word[i], i + 1 == word.length ? letters : word[i + 1]);
  }

  /**
   * Returns the signs of each letter in the most probable alignment; nothing if there are too many
   * signs for the letters.
   */
  private List<List<Integer>> align(SequencePairs.Pair pair) {
    int[] word = pair.source();
    int[] signs = pair.target();
    double[][] best = new double[word.length + 1][signs.length + 1];
    int[][] taken = new int[word.length + 1][signs.length + 1];
    for (double[] row : best) {
      Arrays.fill(row, Double.NEGATIVE_INFINITY);
    }
    best[0][0] = 0;
    for (int i = 0; i < word.length; i++) {
      for (int j = 0; j <= signs.length; j++) {
        for (int take = 0; take <= MOST_SIGNS && j + take <= signs.length; take++) {
          double score = best[i][j] + logProbability(word[i], span(signs, j, j + take));
          if (score > best[i + 1][j + take]) {
            best[i + 1][j + take] = score;
            taken[i + 1][j + take] = take;
          }
        }
      }
    }
    if (best[word.length][signs.length] == Double.NEGATIVE_INFINITY) {
      return List.of();
    }
    List<List<Integer>> spans = new ArrayList<>();
    int end = signs.length;
    for (int i = word.length; i > 0; i--) {
      int begin = end - taken[i][end];
      spans.addFirst(span(signs, begin, end));
      end = begin;
    }
    return spans;
  }

  private static List<Integer> span(int[] signs, int begin, int end) {
    List<Integer> span = new ArrayList<>();
    for (int i = begin; i < end; i++) {
      span.add(signs[i]);
    }
    return span;
  }

  private double logProbability(int letter, List<Integer> span) {
    if (byLetter.isEmpty()) {
      // Before anything is counted: one sign a letter is usual.
      return span.size() == 1 ? -1 : -3;
    }
    Map<List<Integer>, Integer> spans = byLetter.getOrDefault(letter, Map.of());
    int all = letterCounts.getOrDefault(letter, 0);
    return Math.log((spans.getOrDefault(span, 0) + UNSEEN) / (all + 1));
  }

  /** Returns the signs of each word. */
  List<int[]> transcribe(List<int[]> words) {
    return words.stream()
        .map(word -> {
          List<Integer> signs = new ArrayList<>();
          for (int i = 0; i < word.length; i++) {
            List<Integer> known = usual.get(context(word, i));
            signs.addAll(known != null ? known : usualAlone(word[i]));
          }
          return signs.stream().mapToInt(Integer::intValue).toArray();
        })
        .toList();
  }

  private List<Integer> usualAlone(int letter) {
    Map<List<Integer>, Integer> spans = byLetter.getOrDefault(letter, Map.of());
    return spans.isEmpty() ? List.of() : mostFrequent(spans);
  }
}
