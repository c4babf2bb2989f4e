package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule.Adam;

/** Adam, AdamW and AMSGrad. */
final class AdamTile implements OptimizerTile {
  private final Adam rule;
  private float rate;
  private float perSquareCorrection;
  private float penalty;
  private float kept;

  AdamTile(Adam rule) {
    this.rule = rule;
  }

  @Override
  public void prepare(double rate, long step, float[] scalars) {
    this.rate = (float) (rate / (1 - Math.pow(rule.beta1(), step)));
    this.perSquareCorrection = (float) (1 / Math.sqrt(1 - Math.pow(rule.beta2(), step)));
    this.penalty = 0;
    this.kept = 1;
    switch (rule.decay()) {
      case L2 -> penalty = (float) rule.weightDecay();
      case DECOUPLED -> kept = (float) (1 - rate * rule.weightDecay());
    }
  }

  @Override
  public void update(float[][] tiles, int count) {
    float[] p = tiles[0];
    float[] g = tiles[1];
    float[] m = tiles[2];
    float[] v = tiles[3];
    float decay = penalty;
    float keepMean = (float) rule.beta1();
    float takeMean = (float) (1 - rule.beta1());
    float keepSquare = (float) rule.beta2();
    float takeSquare = (float) (1 - rule.beta2());
    for (int i = 0; i < count; i++) {
      float gradient = g[i] + decay * p[i];
      m[i] = keepMean * m[i] + takeMean * gradient;
      v[i] = keepSquare * v[i] + takeSquare * (gradient * gradient);
    }
    float[] square = v;
    if (rule.amsgrad()) {
      square = tiles[4];
      for (int i = 0; i < count; i++) {
        square[i] = Math.max(square[i], v[i]);
      }
    }
    float keep = kept;
    float lr = rate;
    float correction = perSquareCorrection;
    float epsilon = (float) rule.epsilon();
    for (int i = 0; i < count; i++) {
      float root = (float) Math.sqrt(square[i]) * correction + epsilon;
      p[i] = keep * p[i] - lr * m[i] / root;
    }
  }
}
