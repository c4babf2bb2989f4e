package dev.kiln.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Collects class labels and rows of class probabilities.
 *
 * <p>Keeps eight bytes per class and row for curves and areas, and one more score per row for
 * calibration; {@link #withoutCurves} keeps only the latter. The predicted class is the most
 * probable one, the lowest among equals.
 */
public final class MulticlassAccumulator implements Accumulator<MulticlassEvaluation> {
  /** How far the sum of a row may lie from one: room for a softmax in single precision. */
  public static final double ROW_SUM_TOLERANCE = 1e-4;

  private final int classes;
  private final long[][] confusion;
  private final long[] rankCounts;
  private final ExactSum logLoss = new ExactSum();
  private final ExactSum brier = new ExactSum();
  private final ScoredLabels confidences = new ScoredLabels();

  /** The scores of each class against the rest; empty if curves are not wanted. */
  private final List<ScoredLabels> classScores;

  private final double[] row;
  private long rows;

  private MulticlassAccumulator(int classes, List<ScoredLabels> classScores) {
    if (classes < 2) {
      throw new IllegalArgumentException(
          "metrics: multiclass needs at least two classes, got " + classes);
    }
    this.classes = classes;
    this.confusion = new long[classes][classes];
    this.rankCounts = new long[classes];
    this.classScores = classScores;
    this.row = new double[classes];
  }

  /**
   * Creates an accumulator that keeps every probability.
   *
   * @param classes number of classes, at least 2
   */
  public static MulticlassAccumulator withCurves(int classes) {
    return new MulticlassAccumulator(
        classes, Stream.generate(ScoredLabels::new).limit(Math.max(0, classes)).toList());
  }

  /**
   * Creates an accumulator that gives everything but ROC and precision-recall.
   *
   * @param classes number of classes, at least 2
   */
  public static MulticlassAccumulator withoutCurves(int classes) {
    return new MulticlassAccumulator(classes, List.of());
  }

  /** Returns the number of classes. */
  public int classes() {
    return classes;
  }

  /**
   * Adds a batch.
   *
   * @param targets true class per row, {@code [N]}
   * @param probabilities one row of class probabilities per target, {@code [N][classes]}
   * @throws InvalidRowException if a row is bad or lengths differ; then no row is added
   */
  public void add(int[] targets, double[][] probabilities) {
    InvalidRowException.requireSameLength(
        "targets", targets.length, "probability rows", probabilities.length);
    for (int i = 0; i < targets.length; i++) {
      check(i, targets[i], probabilities[i]);
    }
    for (int i = 0; i < targets.length; i++) {
      addRow(targets[i], probabilities[i]);
    }
  }

  /**
   * Adds a batch in single precision.
   *
   * @param targets true class per row, {@code [N]}
   * @param probabilities class probabilities, {@code [N, classes]} in row-major order
   * @throws InvalidRowException if a row is bad or lengths differ; then no row is added
   */
  public void add(int[] targets, float[] probabilities) {
    boolean[] all = new boolean[targets.length];
    Arrays.fill(all, true);
    add(targets, probabilities, all);
  }

  /**
   * Adds the rows of a batch that a mask selects, as the real tokens of padded sequences.
   *
   * @param targets true class per row, {@code [N]}
   * @param probabilities class probabilities, {@code [N, classes]} in row-major order
   * @param mask which rows count, {@code [N]}; the others are neither read nor checked
   * @throws InvalidRowException if a selected row is bad or lengths differ; then no row is added
   */
  public void add(int[] targets, float[] probabilities, boolean[] mask) {
    InvalidRowException.requireSameLength("targets", targets.length, "mask entries", mask.length);
    if (probabilities.length != (long) targets.length * classes) {
      throw new InvalidRowException(
          Math.min(targets.length, probabilities.length / classes),
          "lengths differ: "
              + targets.length
              + " targets of "
              + classes
              + " classes but "
              + probabilities.length
              + " probabilities");
    }
    for (int i = 0; i < targets.length; i++) {
      if (mask[i]) {
        check(i, targets[i], widened(probabilities, i));
      }
    }
    for (int i = 0; i < targets.length; i++) {
      if (mask[i]) {
        addRow(targets[i], widened(probabilities, i));
      }
    }
  }

  /**
   * Adds every row of another accumulator, which stays as it is.
   *
   * @throws IllegalArgumentException if it has other classes or does not keep curves alike
   */
  public void merge(MulticlassAccumulator other) {
    if (classes != other.classes || classScores.size() != other.classScores.size()) {
      throw new IllegalArgumentException(
          "metrics: cannot merge " + other.description() + " into " + description());
    }
    for (int i = 0; i < classes; i++) {
      rankCounts[i] += other.rankCounts[i];
      for (int j = 0; j < classes; j++) {
        confusion[i][j] += other.confusion[i][j];
      }
    }
    for (int i = 0; i < classScores.size(); i++) {
      classScores.get(i).addAll(other.classScores.get(i));
    }
    logLoss.add(other.logLoss);
    brier.add(other.brier);
    confidences.addAll(other.confidences);
    rows += other.rows;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public void reset() {
    for (long[] counts : confusion) {
      Arrays.fill(counts, 0);
    }
    Arrays.fill(rankCounts, 0);
    classScores.forEach(ScoredLabels::clear);
    logLoss.clear();
    brier.clear();
    confidences.clear();
    rows = 0;
  }

  @Override
  public MulticlassEvaluation evaluate() {
    Accumulator.requireRows(rows);
    return new MulticlassEvaluation(
        ConfusionMatrix.of(confusion),
        rankCounts.clone(),
        logLoss.value() / rows,
        brierScale() * (brier.value() / rows),
        confidences.snapshot(),
        classScores.stream().map(ScoredLabels::snapshot).toList());
  }

  /** Two classes are scored as a binary problem, whose Brier score counts one class only. */
  private double brierScale() {
    return classes == 2 ? 0.5 : 1;
  }

  private String description() {
    return classes + " classes " + (classScores.isEmpty() ? "without" : "with") + " curves";
  }

  private double[] widened(float[] probabilities, int index) {
    for (int i = 0; i < classes; i++) {
      row[i] = probabilities[index * classes + i];
    }
    return row;
  }

  private void check(int index, int target, double[] probabilities) {
    if (probabilities.length != classes) {
      throw new InvalidRowException(
          index, "has " + probabilities.length + " probabilities for " + classes + " classes");
    }
    InvalidRowException.requireClass(index, target, classes);
    double sum = 0;
    for (double probability : probabilities) {
      InvalidRowException.requireProbability(index, probability);
      sum += probability;
    }
    if (Math.abs(sum - 1) > ROW_SUM_TOLERANCE) {
      throw new InvalidRowException(
          index,
          "probabilities sum to "
              + sum
              + ", not to 1 within "
              + ROW_SUM_TOLERANCE
              + "; apply softmax first");
    }
  }

  private void addRow(int target, double[] probabilities) {
    int predicted = 0;
    int rank = 0;
    double squares = 0;
    double truth = probabilities[target];
    for (int i = 0; i < classes; i++) {
      double probability = probabilities[i];
      if (probability > probabilities[predicted]) {
        predicted = i;
      }
      // Among equals the higher class ranks first, as in scikit-learn's top-k accuracy.
      if (probability > truth || (probability == truth && i > target)) {
        rank++;
      }
      double error = i == target ? 1 - probability : probability;
      squares += error * error;
    }
    for (int i = 0; i < classScores.size(); i++) {
      classScores.get(i).add(probabilities[i], i == target);
    }
    confusion[target][predicted]++;
    rankCounts[rank]++;
    logLoss.add(ProbabilityScores.logLoss(truth));
    brier.add(squares);
    confidences.add(probabilities[predicted], predicted == target);
    rows++;
  }
}
