package dev.kiln.metrics;

import java.util.Arrays;

/**
 * A growing list of (score, label) rows, one long each, that sorts by score and then by label.
 *
 * <p>The bits of a double in [0, 1] keep its order and leave two high bits free, so a row is the
 * score's bits shifted by one with the label below: sorting rows is sorting longs. Rows already
 * added never change, so a snapshot shares them with the list that goes on growing.
 */
final class ScoredLabels {
  private static final int INITIAL_CAPACITY = 256;

  private long[] rows;
  private int size;

  /** Creates an empty list. */
  ScoredLabels() {
    this(new long[INITIAL_CAPACITY], 0);
  }

  private ScoredLabels(long[] rows, int size) {
    this.rows = rows;
    this.size = size;
  }

  /** Adds a row with a score in [0, 1]. */
  void add(double score, boolean positive) {
    ensureCapacity(size + 1L);
    // Adding positive zero turns -0.0, whose bits would sort last, into 0.0.
    long bits = Double.doubleToRawLongBits(score + 0.0);
    rows[size++] = bits << 1 | (positive ? 1 : 0);
  }

  /** Adds every row of another list. */
  void addAll(ScoredLabels other) {
    ensureCapacity((long) size + other.size);
    System.arraycopy(other.rows, 0, rows, size, other.size);
    size += other.size;
  }

  /** Returns the number of rows. */
  int size() {
    return size;
  }

  /** Forgets all rows; snapshots keep theirs. */
  void clear() {
    rows = new long[INITIAL_CAPACITY];
    size = 0;
  }

  /** Returns the rows so far, untouched by later additions. */
  ScoredLabels snapshot() {
    return new ScoredLabels(rows, size);
  }

  /** Returns the counts at every distinct score. */
  ThresholdCounts ranked() {
    long[] sorted = Arrays.copyOf(rows, size);
    Arrays.sort(sorted);
    return ThresholdCounts.ofAscending(sorted);
  }

  /** Returns the evaluation at the default threshold. */
  BinaryEvaluation evaluate() {
    return new BinaryEvaluation(ranked(), BinaryEvaluation.DEFAULT_THRESHOLD);
  }

  /** Returns the score of a row. */
  static double score(long row) {
    return Double.longBitsToDouble(row >>> 1);
  }

  /** Returns 1 for a positive row, 0 for a negative one. */
  static int label(long row) {
    return (int) (row & 1);
  }

  private void ensureCapacity(long wanted) {
    if (wanted > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "metrics: " + wanted + " scores do not fit one accumulator; evaluate a sample");
    }
    if (wanted > rows.length) {
      long doubled = Math.min(2L * rows.length, Integer.MAX_VALUE - 8);
      rows = Arrays.copyOf(rows, (int) Math.max(wanted, doubled));
    }
  }
}
