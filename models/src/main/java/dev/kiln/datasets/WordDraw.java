package dev.kiln.datasets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiln.models.task.WordClassification;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Draws words from several lists, of which one may have millions. A word's rank is a number that
 * follows from its letters alone, as good as random; the words of the lowest ranks are drawn. So
 * the draw is the same every time, and no list has to be held in memory.
 *
 * @param most how many words of a list are drawn at most
 * @param shortest the fewest letters of a word
 * @param longest the most letters of a word
 */
record WordDraw(int most, int shortest, int longest) {

  /** Since some of those drawn first turn out to stand in another list as well. */
  private static final int SPARE = 2;

  private record Ranked(long rank, String word) implements Comparable<Ranked> {

    static Ranked of(String word) {
      long rank = 0;
      for (int i = 0; i < word.length(); i++) {
        rank = mixed(rank + word.charAt(i));
      }
      return new Ranked(rank, word);
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mixed(long value) {
      long z = value + 0x9e3779b97f4a7c15L;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return z ^ (z >>> 31);
    }

    @Override
    public int compareTo(Ranked other) {
      return rank == other.rank ? word.compareTo(other.word) : Long.compare(rank, other.rank);
    }
  }

  /**
   * Draws from each list words that no other list has.
   *
   * @return for each list its words in the order of their ranks
   */
  List<List<String>> draw(List<Path> lists) throws IOException {
    List<TreeSet<Ranked>> candidates = new ArrayList<>();
    for (Path list : lists) {
      candidates.add(lowest(list));
    }
    Set<String> ambiguous = ambiguous(lists, candidates);
    return candidates.stream()
        .map(list ->
            list.stream()
                .map(Ranked::word)
                .filter(word -> !ambiguous.contains(word))
                .limit(most)
                .toList())
        .toList();
  }

  /** The words of a list with the lowest ranks. */
  private TreeSet<Ranked> lowest(Path list) throws IOException {
    TreeSet<Ranked> lowest = new TreeSet<>();
    try (Stream<String> words = words(list)) {
      words.forEach(word -> {
        Ranked ranked = Ranked.of(word);
        boolean full = lowest.size() == SPARE * most;
        if (!full || ranked.compareTo(lowest.last()) < 0) {
          lowest.add(ranked);
          if (lowest.size() > SPARE * most) {
            lowest.pollLast();
          }
        }
      });
    }
    return lowest;
  }

  /** Which candidates stand in the list of another language as well. */
  private Set<String> ambiguous(List<Path> lists, List<TreeSet<Ranked>> candidates)
      throws IOException {
    Map<String, Integer> firstList = new HashMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (int i = 0; i < lists.size(); i++) {
      for (Ranked candidate : candidates.get(i)) {
        if (firstList.putIfAbsent(candidate.word, i) != null) {
          ambiguous.add(candidate.word);
        }
      }
    }
    for (int i = 0; i < lists.size(); i++) {
      int own = i;
      try (Stream<String> words = words(lists.get(i))) {
        words.forEach(word -> {
          if (firstList.getOrDefault(word, own) != own) {
            ambiguous.add(word);
          }
        });
      }
    }
    return ambiguous;
  }

  /** The words of a list: of letters alone, in lower case. */
  private Stream<String> words(Path list) throws IOException {
    return text(list).lines().map(WordClassification::normalized).filter(this::isWord);
  }

  private boolean isWord(String text) {
    int letters = 0;
    for (int i = 0; i < text.length(); letters++) {
      int character = text.codePointAt(i);
      if (!Character.isLetter(character)) {
        return false;
      }
      i += Character.charCount(character);
    }
    return letters >= shortest && letters <= longest;
  }

  /** The lists are in UTF-8, but for the Swedish one, which is in ISO 8859-1. */
  private static String text(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    try {
      return UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    } catch (CharacterCodingException other) {
      return ISO_8859_1.decode(bytes).toString();
    }
  }
}
