package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule.NAdam;

/** NAdam; its one scalar is the product of the momentums so far. */
final class NAdamTile implements OptimizerTile {
  private final NAdam rule;
  private float gradientRate;
  private float meanRate;
  private float perSquareCorrection;

  NAdamTile(NAdam rule) {
    this.rule = rule;
  }

  @Override
  public void prepare(double rate, long step, float[] scalars) {
    double now = rule.momentum(step);
    double next = rule.momentum(step + 1);
    double product = step == 1 ? now : scalars[0] * now;
    scalars[0] = (float) product;
    this.gradientRate = (float) (rate * (1 - now) / (1 - product));
    this.meanRate = (float) (rate * next / (1 - product * next));
    this.perSquareCorrection = (float) (1 / Math.sqrt(1 - Math.pow(rule.beta2(), step)));
  }

  @Override
  public void update(float[][] tiles, int count) {
    float[] p = tiles[0];
    float[] g = tiles[1];
    float[] m = tiles[2];
    float[] v = tiles[3];
    float penalty = (float) rule.weightDecay();
    float keepMean = (float) rule.beta1();
    float takeMean = (float) (1 - rule.beta1());
    float keepSquare = (float) rule.beta2();
    float takeSquare = (float) (1 - rule.beta2());
    float ofGradient = gradientRate;
    float ofMean = meanRate;
    float correction = perSquareCorrection;
    float epsilon = (float) rule.epsilon();
    for (int i = 0; i < count; i++) {
      float gradient = g[i] + penalty * p[i];
      float mean = keepMean * m[i] + takeMean * gradient;
      float square = keepSquare * v[i] + takeSquare * (gradient * gradient);
      m[i] = mean;
      v[i] = square;
      float root = (float) Math.sqrt(square) * correction + epsilon;
      p[i] -= (ofGradient * gradient + ofMean * mean) / root;
    }
  }
}
