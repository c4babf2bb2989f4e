package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.LikelihoodAccumulator;
import dev.kiln.metrics.Probabilities;
import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** Judges logits by the probability they give the true tokens. */
final class TokenScorer implements Scorer {

  private final LikelihoodAccumulator likelihood = new LikelihoodAccumulator();

  @Override
  public void add(List<Tensor> batch, Tensor predictions) {
    Tensor target = batch.get(1);
    float[] logits = predictions.toFloatArray();
    int tokens = predictions.shape().dim(-1);
    double[] logarithms = new double[Math.toIntExact(target.elements())];
    boolean[] counts = new boolean[logarithms.length];
    for (int i = 0; i < logarithms.length; i++) {
      int label = (int) target.get(i);
      counts[i] = label != CrossEntropy.IGNORE;
      if (counts[i]) {
        logarithms[i] = Probabilities.logarithm(logits, tokens, i, label);
      }
    }
    likelihood.add(logarithms, counts);
  }

  @Override
  public Evaluation evaluate() {
    return likelihood.evaluate();
  }
}
