package dev.kiln.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The characters that a network knows, as numbers: 1 for the first, and so on. Number {@link
 * #UNKNOWN} stands for every character that is not among them.
 *
 * @param characters Unicode characters, each a string of one code point
 */
public record Vocabulary(List<String> characters) {

  /** The number of all characters that are not known. */
  public static final int UNKNOWN = 0;

  private static final String UNKNOWN_NAME = "unknown";

  /** What is written for an unknown character: Unicode's replacement character. */
  private static final String REPLACEMENT = "\uFFFD";

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if an entry is no single character, or stands there twice
   */
  public Vocabulary {
    characters = List.copyOf(characters);
    for (String one : characters) {
      if (one.codePointCount(0, one.length()) != 1) {
        throw new IllegalArgumentException(
            "a vocabulary is made of single characters, but '%s' is none".formatted(one));
      }
    }
    if (characters.stream().distinct().count() < characters.size()) {
      throw new IllegalArgumentException("the vocabulary has a character twice: " + characters);
    }
  }

  /**
   * Returns the characters of texts, in the order of Unicode.
   *
   * @param texts usually the training part alone
   * @param least how often a character must occur to be known; the others teach a network what an
   *     unknown one is
   */
  public static Vocabulary of(Stream<String> texts, int least) {
    Map<Integer, Integer> counts = new TreeMap<>();
    texts.flatMapToInt(String::codePoints).forEach(one -> counts.merge(one, 1, Integer::sum));
    return new Vocabulary(
        counts.entrySet().stream()
            .filter(entry -> entry.getValue() >= least)
            .map(entry -> Character.toString(entry.getKey()))
            .toList());
  }

  /** Returns how many numbers there are: the characters and {@link #UNKNOWN}. */
  public int size() {
    return characters.size() + 1;
  }

  /** Returns what each number stands for, for people. */
  public List<String> names() {
    return Stream.concat(Stream.of(UNKNOWN_NAME), characters.stream()).toList();
  }

  /** Returns the numbers of a text's characters. */
  public int[] encode(String text) {
    Map<Integer, Integer> numbers = new HashMap<>();
    for (int i = 0; i < characters.size(); i++) {
      numbers.put(characters.get(i).codePointAt(0), i + 1);
    }
    return text.codePoints().map(one -> numbers.getOrDefault(one, UNKNOWN)).toArray();
  }

  /** Returns the character of a number, for an unknown one the replacement character. */
  public String decode(int number) {
    return number == UNKNOWN ? REPLACEMENT : characters.get(number - 1);
  }

  /** Returns the characters of a text that are not known, each once, in their order. */
  public List<String> unknownIn(String text) {
    int[] numbers = encode(text);
    int[] codes = text.codePoints().toArray();
    return IntStream.range(0, codes.length)
        .filter(i -> numbers[i] == UNKNOWN)
        .mapToObj(i -> Character.toString(codes[i]))
        .distinct()
        .toList();
  }
}
