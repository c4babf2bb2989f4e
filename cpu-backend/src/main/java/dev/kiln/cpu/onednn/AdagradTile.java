package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule.Adagrad;

/** Adagrad. */
final class AdagradTile implements OptimizerTile {
  private final Adagrad rule;
  private float rate;

  AdagradTile(Adagrad rule) {
    this.rule = rule;
  }

  @Override
  public void prepare(double rate, long step, float[] scalars) {
    this.rate = (float) (rate / (1 + (step - 1) * rule.rateDecay()));
  }

  @Override
  public void update(float[][] tiles, int count) {
    float[] p = tiles[0];
    float[] g = tiles[1];
    float[] sum = tiles[2];
    float lr = rate;
    float penalty = (float) rule.weightDecay();
    float epsilon = (float) rule.epsilon();
    for (int i = 0; i < count; i++) {
      float gradient = g[i] + penalty * p[i];
      float squares = sum[i] + gradient * gradient;
      sum[i] = squares;
      p[i] -= lr * gradient / ((float) Math.sqrt(squares) + epsilon);
    }
  }
}
