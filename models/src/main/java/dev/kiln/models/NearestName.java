package dev.kiln.models;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what a user may have meant by a name that does not exist. */
public final class NearestName {

  private NearestName() {}

  /**
   * Returns a known name that begins with the given one, else the one that takes the fewest changed
   * letters to reach, if no more than half of its letters change.
   */
  public static Optional<String> of(String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    Comparator<String> byPrefix = Comparator.comparing(candidate -> !candidate.startsWith(wanted));
    return known.stream()
        .filter(candidate ->
            candidate.startsWith(wanted) || 2 * distance(wanted, candidate) <= candidate.length())
        .min(byPrefix.thenComparingInt(candidate -> distance(wanted, candidate)));
  }

  /**
   * Returns how many letters must be inserted, deleted or replaced to turn one word into the other
   * (Levenshtein 1966).
   */
  static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
