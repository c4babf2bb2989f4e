package dev.kiln.metrics;

import java.util.Set;

/**
 * The evaluation of predictions of a real quantity.
 *
 * @param rows number of rows
 * @param mse mean squared error
 * @param mae mean absolute error
 * @param mape mean absolute error relative to the target, as a fraction (0.1 is ten percent)
 * @param r2 coefficient of determination; NaN for a single row; of constant targets 1 if all are
 *     predicted exactly, else 0
 */
public record RegressionEvaluation(long rows, double mse, double mae, double mape, double r2)
    implements Evaluation {
  private static final MetricTable<RegressionEvaluation> TABLE =
      new MetricTable<RegressionEvaluation>("a regression evaluation")
          .with(Metric.MSE, RegressionEvaluation::mse)
          .with(Metric.RMSE, RegressionEvaluation::rmse)
          .with(Metric.MAE, RegressionEvaluation::mae)
          .with(Metric.MAPE, RegressionEvaluation::mape)
          .with(Metric.R2, RegressionEvaluation::r2);

  /** Returns the square root of the mean squared error, in the unit of the target. */
  public double rmse() {
    return Math.sqrt(mse);
  }

  @Override
  public Set<Metric> metrics() {
    return TABLE.metrics();
  }

  @Override
  public double value(Metric metric) {
    return TABLE.function(metric).applyAsDouble(this);
  }
}
