package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.RegressionAccumulator;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** Judges predicted numbers, each output for itself. */
final class ValueScorer implements Scorer {

  private final RegressionAccumulator values = new RegressionAccumulator();

  @Override
  public void add(List<Tensor> batch, Tensor predictions) {
    values.add(batch.get(1).toFloatArray(), predictions.toFloatArray());
  }

  @Override
  public Evaluation evaluate() {
    return values.evaluate();
  }
}
