package dev.kiln.data;

import dev.kiln.tensor.Philox;

/** Random permutations: Fisher and Yates in Durstenfeld's form (CACM 7(7), 1964). */
final class Shuffle {

  private Shuffle() {}

  /**
   * Permutes in place; the result depends on the generator and the length alone.
   *
   * @param items what to permute
   * @param random two of its words decide each exchange
   */
  static void shuffle(int[] items, Philox random) {
    int[] words = new int[Philox.BLOCK_WORDS];
    for (int last = items.length - 1; last > 0; last--) {
      random.block(last, words, 0);
      int other = Philox.below(last + 1, words[0], words[1]);
      int kept = items[last];
      items[last] = items[other];
      items[other] = kept;
    }
  }
}
