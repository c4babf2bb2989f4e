package dev.kiln.metrics;

import java.util.Arrays;

/**
 * For each row of several labels, the thresholds at which all its labels come out right.
 *
 * <p>They are those above the highest score of a false label, up to the lowest score of a true one.
 * Rows already added never change, so a snapshot shares them with the list that goes on growing.
 */
final class MatchIntervals {
  private static final int INITIAL_CAPACITY = 64;

  private double[] highestFalse = new double[INITIAL_CAPACITY];
  private double[] lowestTrue = new double[INITIAL_CAPACITY];
  private int size;

  /** Adds a row: all labels are right at thresholds in (highestFalse, lowestTrue]. */
  void add(double highestFalseScore, double lowestTrueScore) {
    ensureCapacity(size + 1);
    highestFalse[size] = highestFalseScore;
    lowestTrue[size] = lowestTrueScore;
    size++;
  }

  /** Adds every row of another list. */
  void addAll(MatchIntervals other) {
    ensureCapacity(Math.addExact(size, other.size));
    System.arraycopy(other.highestFalse, 0, highestFalse, size, other.size);
    System.arraycopy(other.lowestTrue, 0, lowestTrue, size, other.size);
    size += other.size;
  }

  /** Returns the number of rows. */
  int size() {
    return size;
  }

  /** Returns how many rows have all labels right at a threshold. */
  int matchesAt(double threshold) {
    int matches = 0;
    for (int i = 0; i < size; i++) {
      if (highestFalse[i] < threshold && threshold <= lowestTrue[i]) {
        matches++;
      }
    }
    return matches;
  }

  /** Returns the rows so far, untouched by later additions. */
  MatchIntervals snapshot() {
    MatchIntervals snapshot = new MatchIntervals();
    snapshot.highestFalse = highestFalse;
    snapshot.lowestTrue = lowestTrue;
    snapshot.size = size;
    return snapshot;
  }

  /** Forgets all rows; snapshots keep theirs. */
  void clear() {
    highestFalse = new double[INITIAL_CAPACITY];
    lowestTrue = new double[INITIAL_CAPACITY];
    size = 0;
  }

  private void ensureCapacity(int wanted) {
    if (wanted > highestFalse.length) {
      int capacity = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(wanted, 2L * size));
      highestFalse = Arrays.copyOf(highestFalse, capacity);
      lowestTrue = Arrays.copyOf(lowestTrue, capacity);
    }
  }
}
