package dev.kiln.models.task;

import dev.kiln.metrics.RegressionAccumulator;
import dev.kiln.metrics.RegressionEvaluation;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.Scorer;
import java.util.List;
import java.util.function.UnaryOperator;

/** Judges forecasts in the unit of their series. */
final class ForecastScorer implements Scorer {

  private final UnaryOperator<float[]> raw;
  private final RegressionAccumulator values = new RegressionAccumulator();

  /**
   * Creates a scorer.
   *
   * @param raw turns values of the network into those of the series
   */
  ForecastScorer(UnaryOperator<float[]> raw) {
    this.raw = raw;
  }

  @Override
  public void add(List<Tensor> batch, Tensor predictions) {
    values.add(raw.apply(batch.get(1).toFloatArray()), raw.apply(predictions.toFloatArray()));
  }

  @Override
  public RegressionEvaluation evaluate() {
    return values.evaluate();
  }
}
