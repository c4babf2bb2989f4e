package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule.RmsProp;

/** RMSprop, plain, centered and with momentum. */
final class RmsPropTile implements OptimizerTile {

  private static final int FIRST_SLOT = 2;

  private final RmsProp rule;
  private final int momentumTile;
  private final int meanTile;
  private float rate;

  RmsPropTile(RmsProp rule) {
    this.rule = rule;
    this.momentumTile = FIRST_SLOT + 1;
    this.meanTile = rule.momentum() > 0 ? FIRST_SLOT + 2 : FIRST_SLOT + 1;
  }

  @Override
  public void prepare(double rate, long step, float[] scalars) {
    this.rate = (float) rate;
  }

  /** Turns the gradients, which are a copy, into the changes, formula by formula. */
  @Override
  public void update(float[][] tiles, int count) {
    float[] p = tiles[0];
    float[] change = tiles[1];
    float lr = rate;
    float penalty = (float) rule.weightDecay();
    for (int i = 0; i < count; i++) {
      change[i] += penalty * p[i];
    }
    if (rule.centered()) {
      divideBySpread(change, tiles[FIRST_SLOT], tiles[meanTile], count);
    } else {
      divideByRoot(change, tiles[FIRST_SLOT], count);
    }
    if (rule.momentum() > 0) {
      accumulate(change, tiles[momentumTile], count);
    }
    for (int i = 0; i < count; i++) {
      p[i] -= lr * change[i];
    }
  }

  private void divideByRoot(float[] gradient, float[] square, int count) {
    float keep = (float) rule.alpha();
    float take = (float) (1 - rule.alpha());
    float epsilon = (float) rule.epsilon();
    for (int i = 0; i < count; i++) {
      float g = gradient[i];
      float mean = keep * square[i] + take * (g * g);
      square[i] = mean;
      gradient[i] = g / ((float) Math.sqrt(mean) + epsilon);
    }
  }

  private void divideBySpread(float[] gradient, float[] square, float[] mean, int count) {
    float keep = (float) rule.alpha();
    float take = (float) (1 - rule.alpha());
    float epsilon = (float) rule.epsilon();
    for (int i = 0; i < count; i++) {
      float g = gradient[i];
      float meanSquare = keep * square[i] + take * (g * g);
      float average = keep * mean[i] + take * g;
      square[i] = meanSquare;
      mean[i] = average;
      float spread = Math.max(meanSquare - average * average, 0); // rounding may leave less than 0
      gradient[i] = g / ((float) Math.sqrt(spread) + epsilon);
    }
  }

  private void accumulate(float[] change, float[] momentum, int count) {
    float keep = (float) rule.momentum();
    for (int i = 0; i < count; i++) {
      float moved = keep * momentum[i] + change[i];
      momentum[i] = moved;
      change[i] = moved;
    }
  }
}
