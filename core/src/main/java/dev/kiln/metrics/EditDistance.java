package dev.kiln.metrics;

/** The Levenshtein distance between two token sequences. */
public final class EditDistance {
  private EditDistance() {}

  /**
   * Returns the least number of insertions, deletions and substitutions that turn one sequence into
   * the other. R. Wagner and M. Fischer, "The string-to-string correction problem", 1974; one row
   * of the table is kept.
   */
  public static int between(int[] source, int[] target) {
    int[] distances = new int[target.length + 1];
    for (int j = 0; j <= target.length; j++) {
      distances[j] = j;
    }
    for (int i = 1; i <= source.length; i++) {
      int diagonal = distances[0];
      distances[0] = i;
      for (int j = 1; j <= target.length; j++) {
        int substitution = diagonal + (source[i - 1] == target[j - 1] ? 0 : 1);
        diagonal = distances[j];
        distances[j] = Math.min(substitution, 1 + Math.min(distances[j], distances[j - 1]));
      }
    }
    return distances[target.length];
  }
}
