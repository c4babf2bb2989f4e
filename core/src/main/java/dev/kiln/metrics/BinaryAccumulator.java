package dev.kiln.metrics;

/**
 * Collects binary labels and scores.
 *
 * <p>Keeps eight bytes per row, for curves and areas need every score.
 */
public final class BinaryAccumulator implements Accumulator<BinaryEvaluation> {
  private final ScoredLabels scores = new ScoredLabels();

  /** Creates an accumulator without rows. */
  public BinaryAccumulator() {}

  /**
   * Adds one row.
   *
   * @param target 0 or 1
   * @param score probability of class 1, in [0, 1]
   * @throws InvalidRowException if either is outside its range
   */
  public void add(int target, double score) {
    check(0, target, score);
    scores.add(score, target == 1);
  }

  /**
   * Adds a batch.
   *
   * @param targets 0 or 1 per row, {@code [N]}
   * @param probabilities probability of class 1 per row, {@code [N]}
   * @throws InvalidRowException if a row is bad or the lengths differ; then no row is added
   */
  public void add(int[] targets, double[] probabilities) {
    InvalidRowException.requireSameLength(
        "targets", targets.length, "scores", probabilities.length);
    for (int row = 0; row < targets.length; row++) {
      check(row, targets[row], probabilities[row]);
    }
    for (int row = 0; row < targets.length; row++) {
      scores.add(probabilities[row], targets[row] == 1);
    }
  }

  /** Adds a batch in single precision; see {@link #add(int[], double[])}. */
  public void add(int[] targets, float[] probabilities) {
    InvalidRowException.requireSameLength(
        "targets", targets.length, "scores", probabilities.length);
    for (int row = 0; row < targets.length; row++) {
      check(row, targets[row], probabilities[row]);
    }
    for (int row = 0; row < targets.length; row++) {
      scores.add(probabilities[row], targets[row] == 1);
    }
  }

  /** Adds every row of another accumulator, which stays as it is. */
  public void merge(BinaryAccumulator other) {
    scores.addAll(other.scores);
  }

  @Override
  public long rows() {
    return scores.size();
  }

  @Override
  public void reset() {
    scores.clear();
  }

  /**
   * {@inheritDoc}
   *
   * <p>At the threshold 0.5; {@link BinaryEvaluation#at} gives any other.
   */
  @Override
  public BinaryEvaluation evaluate() {
    Accumulator.requireRows(rows());
    return scores.evaluate();
  }

  private static void check(int row, int target, double score) {
    InvalidRowException.requireBinaryLabel(row, target);
    InvalidRowException.requireProbability(row, score);
  }
}
