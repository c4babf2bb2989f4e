package dev.kiln.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** How many rows of each true class were predicted as each class. Immutable. */
public final class ConfusionMatrix {
  private final long[][] counts;
  private final long[] trueTotals;
  private final long[] predictedTotals;
  private final long total;

  private ConfusionMatrix(long[][] counts) {
    this.counts = counts;
    this.trueTotals = new long[counts.length];
    this.predictedTotals = new long[counts.length];
    long sum = 0;
    for (int truth = 0; truth < counts.length; truth++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        long count = counts[truth][predicted];
        trueTotals[truth] += count;
        predictedTotals[predicted] += count;
        sum += count;
      }
    }
    this.total = sum;
  }

  /**
   * Creates a matrix from its counts.
   *
   * @param counts square, {@code counts[true class][predicted class]}; copied
   */
  public static ConfusionMatrix of(long[][] counts) {
    long[][] copy = new long[counts.length][];
    for (int truth = 0; truth < counts.length; truth++) {
      if (counts[truth].length != counts.length) {
        throw new IllegalArgumentException(
            "metrics: a confusion matrix is square, but row "
                + truth
                + " of "
                + counts.length
                + " has "
                + counts[truth].length
                + " entries");
      }
      copy[truth] = counts[truth].clone();
      for (long count : copy[truth]) {
        if (count < 0) {
          throw new IllegalArgumentException(
              "metrics: confusion matrix row " + truth + " has the negative count " + count);
        }
      }
    }
    return new ConfusionMatrix(copy);
  }

  /**
   * Counts parallel arrays of labels.
   *
   * @param targets true class of each row
   * @param predictions predicted class of each row
   * @param classes number of classes
   * @throws InvalidRowException if a label is not below {@code classes} or the lengths differ
   */
  public static ConfusionMatrix of(int[] targets, int[] predictions, int classes) {
    InvalidRowException.requireSameLength(
        "targets", targets.length, "predictions", predictions.length);
    long[][] counts = new long[classes][classes];
    for (int row = 0; row < targets.length; row++) {
      InvalidRowException.requireClass(row, targets[row], classes);
      InvalidRowException.requireClass(row, predictions[row], classes);
      counts[targets[row]][predictions[row]]++;
    }
    return new ConfusionMatrix(counts);
  }

  /** Returns the number of classes. */
  public int classes() {
    return counts.length;
  }

  /** Returns the number of rows counted. */
  public long total() {
    return total;
  }

  /** Returns how many rows of class {@code truth} were predicted as class {@code predicted}. */
  public long count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  /** Returns a copy of all counts, {@code [true class][predicted class]}. */
  public long[][] toArray() {
    return Arrays.stream(counts).map(long[]::clone).toArray(long[][]::new);
  }

  /** Returns the counts of one class against the rest. */
  public BinaryCounts oneVsRest(int label) {
    long tp = counts[label][label];
    long fp = predictedTotals[label] - tp;
    long fn = trueTotals[label] - tp;
    return new BinaryCounts(tp, fp, total - tp - fp - fn, fn);
  }

  /** Returns the counts of every class against the rest. */
  public List<BinaryCounts> perClass() {
    List<BinaryCounts> all = new ArrayList<>();
    for (int label = 0; label < classes(); label++) {
      all.add(oneVsRest(label));
    }
    return all;
  }

  /** Returns a rate averaged over the classes, such as {@code BinaryCounts::f1}. */
  public double average(ToDoubleFunction<BinaryCounts> rate, Average average) {
    return average.of(perClass(), rate);
  }

  /** Returns the share of rows on the diagonal, 0 if there is no row. */
  public double accuracy() {
    return total == 0 ? 0 : (double) correct() / total;
  }

  /** Returns the mean recall over the classes that have true rows, 0 if there is no row. */
  public double balancedAccuracy() {
    double sum = 0;
    int present = 0;
    for (int label = 0; label < classes(); label++) {
      if (trueTotals[label] > 0) {
        sum += (double) counts[label][label] / trueTotals[label];
        present++;
      }
    }
    return present == 0 ? 0 : sum / present;
  }

  /**
   * Returns the Matthews correlation of truth and prediction over all classes, 0 if either is
   * constant. J. Gorodkin, "Comparing two K-category assignments by a K-category correlation
   * coefficient", 2004.
   */
  public double matthews() {
    double rows = total;
    double agreement = correct() * rows - dot(trueTotals, predictedTotals);
    double truthVariance = rows * rows - dot(trueTotals, trueTotals);
    double predictionVariance = rows * rows - dot(predictedTotals, predictedTotals);
    double product = predictionVariance * truthVariance;
    return product == 0 ? 0 : agreement / Math.sqrt(product);
  }

  /**
   * Returns Cohen's kappa, the agreement beyond chance; NaN if truth and prediction are all of one
   * same class. J. Cohen, "A coefficient of agreement for nominal scales", 1960.
   */
  public double kappa() {
    double rows = total;
    double disagreement = total - correct();
    double expected = rows * rows - dot(trueTotals, predictedTotals);
    return expected == 0 ? Double.NaN : 1 - disagreement * rows / expected;
  }

  private long correct() {
    long sum = 0;
    for (int label = 0; label < classes(); label++) {
      sum += counts[label][label];
    }
    return sum;
  }

  private static double dot(long[] a, long[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfusionMatrix matrix && Arrays.deepEquals(counts, matrix.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(counts);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(counts);
  }
}
