package dev.kiln.metrics;

import java.util.List;
import java.util.stream.Stream;

/**
 * Collects rows of several independent binary labels with a score each.
 *
 * <p>Keeps eight bytes per label and sixteen per row.
 */
public final class MultilabelAccumulator implements Accumulator<MultilabelEvaluation> {
  private final int labels;
  private final List<ScoredLabels> labelScores;
  private final MatchIntervals matches = new MatchIntervals();

  /**
   * Creates an accumulator without rows.
   *
   * @param labels number of labels, at least 1
   */
  public MultilabelAccumulator(int labels) {
    if (labels < 1) {
      throw new IllegalArgumentException(
          "metrics: multilabel needs at least one label, got " + labels);
    }
    this.labels = labels;
    this.labelScores = Stream.generate(ScoredLabels::new).limit(labels).toList();
  }

  /**
   * Adds a batch.
   *
   * @param targets 0 or 1 per label, {@code [N][labels]}
   * @param probabilities probability of each label, {@code [N][labels]}
   * @throws InvalidRowException if a row is bad or lengths differ; then no row is added
   */
  public void add(int[][] targets, double[][] probabilities) {
    InvalidRowException.requireSameLength(
        "target rows", targets.length, "score rows", probabilities.length);
    for (int row = 0; row < targets.length; row++) {
      check(row, targets[row], probabilities[row]);
    }
    for (int row = 0; row < targets.length; row++) {
      addRow(targets[row], probabilities[row]);
    }
  }

  /**
   * Adds every row of another accumulator, which stays as it is.
   *
   * @throws IllegalArgumentException if it has another number of labels
   */
  public void merge(MultilabelAccumulator other) {
    if (labels != other.labels) {
      throw new IllegalArgumentException(
          "metrics: cannot merge " + other.labels + " labels into " + labels);
    }
    for (int label = 0; label < labels; label++) {
      labelScores.get(label).addAll(other.labelScores.get(label));
    }
    matches.addAll(other.matches);
  }

  @Override
  public long rows() {
    return matches.size();
  }

  @Override
  public void reset() {
    labelScores.forEach(ScoredLabels::clear);
    matches.clear();
  }

  /**
   * {@inheritDoc}
   *
   * <p>At the threshold 0.5; {@link MultilabelEvaluation#at} gives any other.
   */
  @Override
  public MultilabelEvaluation evaluate() {
    Accumulator.requireRows(rows());
    return new MultilabelEvaluation(
        labelScores.stream().map(ScoredLabels::evaluate).toList(),
        labelScores.stream().map(ScoredLabels::snapshot).toList(),
        matches.snapshot(),
        BinaryEvaluation.DEFAULT_THRESHOLD);
  }

  private void check(int row, int[] targets, double[] probabilities) {
    if (targets.length != labels || probabilities.length != labels) {
      throw new InvalidRowException(
          row,
          "has "
              + targets.length
              + " targets and "
              + probabilities.length
              + " scores for "
              + labels
              + " labels");
    }
    for (int label = 0; label < labels; label++) {
      InvalidRowException.requireBinaryLabel(row, targets[label]);
      InvalidRowException.requireProbability(row, probabilities[label]);
    }
  }

  private void addRow(int[] targets, double[] probabilities) {
    double highestFalse = Double.NEGATIVE_INFINITY;
    double lowestTrue = Double.POSITIVE_INFINITY;
    for (int label = 0; label < labels; label++) {
      double score = probabilities[label];
      boolean positive = targets[label] == 1;
      if (positive) {
        lowestTrue = Math.min(lowestTrue, score);
      } else {
        highestFalse = Math.max(highestFalse, score);
      }
      labelScores.get(label).add(score, positive);
    }
    matches.add(highestFalse, lowestTrue);
  }
}
