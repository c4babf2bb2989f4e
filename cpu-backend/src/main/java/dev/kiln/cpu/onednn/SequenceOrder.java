package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.cpu.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * In which rows the sequences of a batch are computed. Every thread has rows of its own, for all
 * turns; the sequences are dealt out to the threads one by one, the longest first, so that all have
 * about as much to do and those that still run at a turn are the first of each thread's rows. A
 * turn is a step counted from where a direction begins: the backward one begins at each sequence's
 * own end.
 */
final class SequenceOrder {

  private final int steps;
  private final int threads;
  private final int[] sequences;
  private final int[] lengths;
  private final int[] active;
  private final int[] next;

  /**
   * Creates the order of sequences that all have the same length: as they are.
   *
   * @param threads that the rows are divided among
   */
  SequenceOrder(int batch, int steps, int threads) {
    this.steps = steps;
    this.threads = threads;
    this.sequences = new int[batch];
    this.lengths = new int[batch];
    this.active = new int[steps + 1];
    this.next = new int[steps + 1];
    Arrays.setAll(sequences, row -> row);
    Arrays.fill(lengths, steps);
    Arrays.fill(active, 0, steps, batch);
  }

  /**
   * Returns what reads the sequences' lengths, I64[N], before each run. A length outside [1, T]
   * counts as 0.
   */
  Kernel reading(Buffer given) {
    MemorySegment memory = HostBuffer.of(given).segment();
    return () -> read(memory);
  }

  private void read(MemorySegment given) {
    Arrays.fill(next, 0);
    for (int n = 0; n < sequences.length; n++) {
      next[valid(given, n)]++;
    }
    // The sequences longer than a length come before those of that length.
    int longer = 0;
    for (int length = steps; length >= 0; length--) {
      active[length] = longer;
      longer += next[length];
      next[length] = active[length];
    }
    for (int n = 0; n < sequences.length; n++) {
      int length = valid(given, n);
      int row = row(next[length]++);
      sequences[row] = n;
      lengths[row] = length;
    }
  }

  /** Returns the row of the sequence that so many others come before. */
  private int row(int before) {
    return first(before % threads) + before / threads;
  }

  private int valid(MemorySegment given, int sequence) {
    long length = given.getAtIndex(ValueLayout.JAVA_LONG, sequence);
    return length >= 1 && length <= steps ? (int) length : 0;
  }

  /** Returns the number of sequences. */
  int batch() {
    return sequences.length;
  }

  /** Returns the steps of a padded sequence. */
  int steps() {
    return steps;
  }

  /** Returns which sequence is computed in a row. */
  int sequence(int row) {
    return sequences[row];
  }

  /** Returns the length of the sequence in a row. */
  int length(int row) {
    return lengths[row];
  }

  /** Returns the threads that the rows are divided among. */
  int threads() {
    return threads;
  }

  /** Returns the first row of a thread; of the thread after the last, the number of rows. */
  int first(int thread) {
    int larger = Math.min(thread, batch() % threads);
    return thread * (batch() / threads) + larger;
  }

  /** Returns how many rows a thread has. */
  int rows(int thread) {
    return first(thread + 1) - first(thread);
  }

  /** Returns how many of a thread's rows still run at a turn; 0 at the turn after the last. */
  int active(int turn, int thread) {
    return Math.ceilDiv(active[turn] - thread, threads);
  }

  /** Returns the length of the longest sequence. */
  int longest() {
    return lengths[0];
  }

  /** Returns the step that a row is at in a turn. */
  int step(int row, int direction, int turn) {
    return direction == 0 ? turn : lengths[row] - 1 - turn;
  }
}
