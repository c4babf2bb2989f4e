package dev.kiln.metrics;

import java.math.BigInteger;

/** Collects targets and predictions of one real quantity, in constant memory. */
public final class RegressionAccumulator implements Accumulator<RegressionEvaluation> {
  /** The least target magnitude that a percentage error is taken of: the double's epsilon. */
  static final double LEAST_TARGET = Math.ulp(1.0);

  /** Targets and errors beyond this are refused: sums of their squares could overflow. */
  private static final double LARGEST_MAGNITUDE = 0x1p480;

  private final ExactSum squaredErrors = new ExactSum();
  private final ExactSum absoluteErrors = new ExactSum();
  private final ExactSum relativeErrors = new ExactSum();
  private final ExactSum targets = new ExactSum();
  private final ExactSum squaredTargets = new ExactSum();
  private long rows;

  /** Creates an accumulator without rows. */
  public RegressionAccumulator() {}

  /**
   * Adds one row.
   *
   * @throws InvalidRowException if a number is not finite, or beyond 2^480 in magnitude
   */
  public void add(double target, double prediction) {
    check(0, target, prediction);
    addRow(target, prediction);
  }

  /**
   * Adds a batch.
   *
   * @param target true value per row, {@code [N]}
   * @param prediction predicted value per row, {@code [N]}
   * @throws InvalidRowException if a row is bad or the lengths differ; then no row is added
   */
  public void add(double[] target, double[] prediction) {
    InvalidRowException.requireSameLength(
        "targets", target.length, "predictions", prediction.length);
    for (int row = 0; row < target.length; row++) {
      check(row, target[row], prediction[row]);
    }
    for (int row = 0; row < target.length; row++) {
      addRow(target[row], prediction[row]);
    }
  }

  /** Adds a batch in single precision; see {@link #add(double[], double[])}. */
  public void add(float[] target, float[] prediction) {
    InvalidRowException.requireSameLength(
        "targets", target.length, "predictions", prediction.length);
    for (int row = 0; row < target.length; row++) {
      check(row, target[row], prediction[row]);
    }
    for (int row = 0; row < target.length; row++) {
      addRow(target[row], prediction[row]);
    }
  }

  /** Adds every row of another accumulator, which stays as it is. */
  public void merge(RegressionAccumulator other) {
    squaredErrors.add(other.squaredErrors);
    absoluteErrors.add(other.absoluteErrors);
    relativeErrors.add(other.relativeErrors);
    targets.add(other.targets);
    squaredTargets.add(other.squaredTargets);
    rows += other.rows;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public void reset() {
    squaredErrors.clear();
    absoluteErrors.clear();
    relativeErrors.clear();
    targets.clear();
    squaredTargets.clear();
    rows = 0;
  }

  @Override
  public RegressionEvaluation evaluate() {
    Accumulator.requireRows(rows);
    return new RegressionEvaluation(
        rows,
        squaredErrors.value() / rows,
        absoluteErrors.value() / rows,
        relativeErrors.value() / rows,
        determination());
  }

  private void addRow(double target, double prediction) {
    double error = prediction - target;
    squaredErrors.addSquare(error);
    absoluteErrors.add(Math.abs(error));
    relativeErrors.add(Math.abs(error) / Math.max(Math.abs(target), LEAST_TARGET));
    targets.add(target);
    squaredTargets.addSquare(target);
    rows++;
  }

  /** R2, NaN for a single row; of constant targets 1 if all are predicted exactly, else 0. */
  private double determination() {
    if (rows < 2) {
      return Double.NaN;
    }
    double residual = squaredErrors.value();
    double total = targetScatter();
    if (total == 0) {
      return residual == 0 ? 1 : 0;
    }
    return 1 - residual / total;
  }

  /**
   * The sum of squared distances of the targets from their mean, as (n·Σy² - (Σy)²) / n in whole
   * numbers: the cancellation that makes this formula useless in floating point loses nothing here.
   */
  private double targetScatter() {
    BigInteger sum = targets.units();
    BigInteger scatter =
        squaredTargets
            .units()
            .multiply(BigInteger.valueOf(rows))
            .shiftLeft(-ExactSum.UNIT_EXPONENT)
            .subtract(sum.multiply(sum));
    return Math.max(0, ExactSum.round(scatter, 2 * ExactSum.UNIT_EXPONENT)) / rows;
  }

  private static void check(int row, double target, double prediction) {
    InvalidRowException.requireFinite(row, "target", target);
    InvalidRowException.requireFinite(row, "prediction", prediction);
    if (Math.max(Math.abs(target), Math.abs(prediction - target)) > LARGEST_MAGNITUDE) {
      throw new InvalidRowException(
          row,
          "target "
              + target
              + " and prediction "
              + prediction
              + " are too large: sums of squares overflow beyond "
              + LARGEST_MAGNITUDE
              + "; rescale them");
    }
  }
}
