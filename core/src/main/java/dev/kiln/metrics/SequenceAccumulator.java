package dev.kiln.metrics;

import java.util.Arrays;

/** Counts edits between predicted and true token sequences. */
public final class SequenceAccumulator implements Accumulator<SequenceEvaluation> {
  private long sequences;
  private long wrongSequences;
  private long trueTokens;
  private long edits;

  /** Creates an accumulator without sequences. */
  public SequenceAccumulator() {}

  /** Adds one pair of sequences, whose lengths may differ. */
  public void add(int[] target, int[] prediction) {
    int distance = EditDistance.between(target, prediction);
    sequences++;
    wrongSequences += distance > 0 ? 1 : 0;
    trueTokens += target.length;
    edits += distance;
  }

  /**
   * Adds one pair of padded sequences under one mask.
   *
   * @param target true tokens, {@code [T]}
   * @param prediction predicted tokens, {@code [T]}
   * @param mask which steps count, {@code [T]}
   * @throws InvalidRowException if the lengths differ
   */
  public void add(int[] target, int[] prediction, boolean[] mask) {
    add(target, mask, prediction, mask);
  }

  /**
   * Adds one pair of padded sequences under a mask each.
   *
   * @throws InvalidRowException if a mask is not as long as its sequence
   */
  public void add(int[] target, boolean[] targetMask, int[] prediction, boolean[] predictionMask) {
    add(
        selected("target tokens", target, targetMask),
        selected("predicted tokens", prediction, predictionMask));
  }

  /** Adds every sequence of another accumulator, which stays as it is. */
  public void merge(SequenceAccumulator other) {
    sequences += other.sequences;
    wrongSequences += other.wrongSequences;
    trueTokens += other.trueTokens;
    edits += other.edits;
  }

  /** Returns how many sequences were added. */
  @Override
  public long rows() {
    return sequences;
  }

  @Override
  public void reset() {
    sequences = 0;
    wrongSequences = 0;
    trueTokens = 0;
    edits = 0;
  }

  @Override
  public SequenceEvaluation evaluate() {
    Accumulator.requireRows(sequences);
    return new SequenceEvaluation(sequences, wrongSequences, trueTokens, edits);
  }

  private static int[] selected(String name, int[] tokens, boolean[] mask) {
    InvalidRowException.requireSameLength(name, tokens.length, "mask entries", mask.length);
    int[] kept = new int[tokens.length];
    int size = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (mask[i]) {
        kept[size++] = tokens[i];
      }
    }
    return Arrays.copyOf(kept, size);
  }
}
