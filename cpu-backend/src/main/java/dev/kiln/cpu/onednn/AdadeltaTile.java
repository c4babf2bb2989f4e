package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule.Adadelta;

/** Adadelta. */
final class AdadeltaTile implements OptimizerTile {
  private final Adadelta rule;
  private float rate;

  AdadeltaTile(Adadelta rule) {
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
    float[] square = tiles[2];
    float[] squaredChange = tiles[3];
    float lr = rate;
    float penalty = (float) rule.weightDecay();
    float keep = (float) rule.rho();
    float take = (float) (1 - rule.rho());
    float epsilon = (float) rule.epsilon();
    for (int i = 0; i < count; i++) {
      float gradient = g[i] + penalty * p[i];
      float mean = keep * square[i] + take * (gradient * gradient);
      float past = squaredChange[i];
      float change =
          (float) Math.sqrt(past + epsilon) / (float) Math.sqrt(mean + epsilon) * gradient;
      square[i] = mean;
      squaredChange[i] = keep * past + take * (change * change);
      p[i] -= lr * change;
    }
  }
}
