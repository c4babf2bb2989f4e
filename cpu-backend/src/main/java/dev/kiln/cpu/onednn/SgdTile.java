package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule.Sgd;

/** Stochastic gradient descent. */
final class SgdTile implements OptimizerTile {
  private final Sgd rule;
  private float rate;

  SgdTile(Sgd rule) {
    this.rule = rule;
  }

  @Override
  public void prepare(double rate, long step, float[] scalars) {
    this.rate = (float) rate;
  }

  @Override
  public void update(float[][] tiles, int count) {
    float[] p = tiles[0];
    float[] g = tiles[1];
    float lr = rate;
    float penalty = (float) rule.weightDecay();
    if (rule.momentum() == 0) {
      for (int i = 0; i < count; i++) {
        p[i] -= lr * (g[i] + penalty * p[i]);
      }
      return;
    }
    float[] v = tiles[2];
    float momentum = (float) rule.momentum();
    // Nesterov's step is g + momentum v, the plain one v: the shares of the two.
    float ofGradient = rule.nesterov() ? 1 : 0;
    float ofVelocity = rule.nesterov() ? momentum : 1;
    for (int i = 0; i < count; i++) {
      float gradient = g[i] + penalty * p[i];
      float velocity = momentum * v[i] + gradient;
      v[i] = velocity;
      p[i] -= lr * (ofGradient * gradient + ofVelocity * velocity);
    }
  }
}
