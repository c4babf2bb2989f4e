package dev.kiln.tensor;

/**
 * The counter-based generator Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers:
 * as easy as 1, 2, 3", SC 2011): every random number is a pure function of who asks for it.
 *
 * <p>The 64-bit {@code seed} is the key. The 128-bit counter is, from its lowest 32-bit word up:
 * the block index, the {@code stream}, and the low and high half of the {@code step}. One block
 * yields four 32-bit words, so element {@code i} of a sequence is word {@code i % 4} of block
 * {@code i / 4}, and a sequence holds 2<sup>34</sup> elements. Nothing is mutable: any thread on
 * any device draws any element in any order and gets the same bits.
 *
 * @param seed the run's seed
 * @param stream which consumer draws (a dropout layer, a parameter's initialization, the shuffle);
 *     two streams never share a counter
 * @param step the consumer's time: the training step or the epoch
 */
public record Philox(long seed, int stream, long step) {
  /** Words in one block. */
  public static final int BLOCK_WORDS = 4;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9; // golden ratio
  private static final int WEYL_1 = 0xBB67AE85; // sqrt(3) - 1

  private static final long WORD = 0xFFFFFFFFL;
  private static final float TWO_POW_MINUS_24 = 0x1.0p-24f;
  private static final double TWO_POW_MINUS_53 = 0x1.0p-53;

  /**
   * Writes the four words of one block to {@code out[at .. at + 3]}.
   *
   * @param index the block index, an unsigned 32-bit number
   * @param out receives the words
   * @param at where the first word goes
   */
  public void block(int index, int[] out, int at) {
    block(seed, stream, step, index, out, at);
  }

  /**
   * Writes the four words of one block of the sequence {@code (seed, stream, step)}, for loops that
   * learn the seed as they run and may allocate nothing.
   *
   * @param index the block index, an unsigned 32-bit number
   * @param out receives the words
   * @param at where the first word goes
   */
  public static void block(long seed, int stream, long step, int index, int[] out, int at) {
    block((int) seed, (int) (seed >>> 32), index, stream, (int) step, (int) (step >>> 32), out, at);
  }

  /** The bijection itself: key words k0, k1 and counter words c0..c3 in the paper's order. */
  static void block(int k0, int k1, int c0, int c1, int c2, int c3, int[] out, int at) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & WORD);
      long product1 = MULTIPLIER_1 * (c2 & WORD);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[at] = c0;
    out[at + 1] = c1;
    out[at + 2] = c2;
    out[at + 3] = c3;
  }

  /**
   * Fills {@code out} with elements {@code 0, 1, 2, ...} of this sequence as raw 32-bit words.
   *
   * @param out receives the words
   */
  public void fillBits(int[] out) {
    int whole = out.length - out.length % BLOCK_WORDS;
    for (int i = 0; i < whole; i += BLOCK_WORDS) {
      block(i / BLOCK_WORDS, out, i);
    }
    if (whole < out.length) {
      int[] last = new int[BLOCK_WORDS];
      block(whole / BLOCK_WORDS, last, 0);
      System.arraycopy(last, 0, out, whole, out.length - whole);
    }
  }

  /**
   * The uniform number in [0, 1) that 32 random bits stand for: their upper 24 bits, each value
   * exact in a float, so that comparing it with a probability gives the same answer on every
   * device.
   *
   * @param bits one random word
   * @return a multiple of 2<sup>-24</sup> in [0, 1)
   */
  public static float uniform(int bits) {
    return (bits >>> 8) * TWO_POW_MINUS_24;
  }

  /**
   * The uniform double in [0, 1) that two random words stand for: 53 of their 64 bits.
   *
   * @param high the word that gives the upper bits
   * @param low the word that gives the lower bits
   * @return a multiple of 2<sup>-53</sup> in [0, 1)
   */
  public static double uniform(int high, int low) {
    return (bits64(high, low) >>> 11) * TWO_POW_MINUS_53;
  }

  /**
   * An integer in [0, bound) from two random words by Lemire's multiply-and-shift ("Fast random
   * integer generation in an interval", 2019) without rejection: each value's probability is off by
   * less than 2<sup>-64</sup>, and the number of words drawn never depends on their value.
   *
   * @param high the word that gives the upper bits
   * @param low the word that gives the lower bits
   * @param bound the exclusive upper limit, at least 1
   * @return the integer
   */
  public static int below(int bound, int high, int low) {
    return (int) Math.unsignedMultiplyHigh(bits64(high, low), bound);
  }

  /**
   * Fills {@code out} with uniform doubles in [0, 1), two per block.
   *
   * @param out receives the numbers
   */
  public void fillUniform(double[] out) {
    int[] words = new int[BLOCK_WORDS];
    for (int i = 0; i < out.length; i++) {
      int pair = i % 2 * 2;
      if (pair == 0) {
        block(i / 2, words, 0);
      }
      out[i] = uniform(words[pair], words[pair + 1]);
    }
  }

  /**
   * Fills {@code out} with standard normal doubles (mean 0, variance 1) by the Box-Muller
   * transform, two per block. Uses {@link StrictMath}, so the bits are the same on every platform.
   *
   * @param out receives the numbers
   */
  public void fillNormal(double[] out) {
    int[] words = new int[BLOCK_WORDS];
    for (int i = 0; i < out.length; i += 2) {
      block(i / 2, words, 0);
      // 1 - u lies in (0, 1], so the logarithm is finite.
      double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(words[0], words[1])));
      double angle = 2 * Math.PI * uniform(words[2], words[3]);
      out[i] = radius * StrictMath.cos(angle);
      if (i + 1 < out.length) {
        out[i + 1] = radius * StrictMath.sin(angle);
      }
    }
  }

  private static long bits64(int high, int low) {
    return ((long) high << 32) | (low & WORD);
  }
}
