package dev.kiln.train;

import dev.kiln.metrics.Evaluation;
import dev.kiln.metrics.LikelihoodAccumulator;
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
        logarithms[i] = logarithm(logits, i * tokens, tokens, label);
      }
    }
    likelihood.add(logarithms, counts);
  }

  /** The logarithm of the softmax of one row at a label. */
  private static double logarithm(float[] logits, int from, int tokens, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + tokens; i++) {
      largest = Math.max(largest, logits[i]);
    }
    double sum = 0;
    for (int i = from; i < from + tokens; i++) {
      sum += Math.exp(logits[i] - largest);
    }
    return Math.min(0, logits[from + label] - largest - Math.log(sum));
  }

  @Override
  public Evaluation evaluate() {
    return likelihood.evaluate();
  }
}
