package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerRule.Adadelta;
import dev.kiln.op.OptimizerRule.Adagrad;
import dev.kiln.op.OptimizerRule.Adam;
import dev.kiln.op.OptimizerRule.NAdam;
import dev.kiln.op.OptimizerRule.RmsProp;
import dev.kiln.op.OptimizerRule.Sgd;
import java.util.Optional;

/**
 * An optimizer's formula on a few thousand elements at a time, in arrays: the form in which the JVM
 * compiles a loop to vector instructions.
 */
interface OptimizerTile {

  /**
   * Computes what is the same for all elements of a step.
   *
   * @param rate the learning rate
   * @param step the step, from 1
   */
  void prepare(double rate, long step);

  /**
   * Updates elements in place.
   *
   * @param tiles parameters, gradients and then the optimizer's slots
   * @param count how many elements there are
   */
  void update(float[][] tiles, int count);

  /** Returns the formula of the rules that networks are trained with most, else empty. */
  static Optional<OptimizerTile> of(OptimizerRule rule) {
    return switch (rule) {
      case Sgd sgd -> Optional.of(new SgdTile(sgd));
      case Adam adam -> Optional.of(new AdamTile(adam));
      case RmsProp _, Adagrad _, Adadelta _, NAdam _ -> Optional.empty();
    };
  }

  /** Stochastic gradient descent. */
  final class SgdTile implements OptimizerTile {
    private final Sgd rule;
    private float rate;

    SgdTile(Sgd rule) {
      this.rule = rule;
    }

    @Override
    public void prepare(double rate, long step) {
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
    public void prepare(double rate, long step) {
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
}
