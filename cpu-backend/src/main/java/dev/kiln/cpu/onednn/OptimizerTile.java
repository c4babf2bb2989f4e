package dev.kiln.cpu.onednn;

import dev.kiln.op.OptimizerRule;

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
   * @param scalars the slots that have one element in all, updated in place
   */
  void prepare(double rate, long step, float[] scalars);

  /**
   * Updates elements in place.
   *
   * @param tiles parameters, gradients and then the slots that have an element for every parameter
   * @param count how many elements there are
   */
  void update(float[][] tiles, int count);

  /** Returns the formula of a rule. */
  static OptimizerTile of(OptimizerRule rule) {
    return switch (rule) {
      case OptimizerRule.Sgd sgd -> new SgdTile(sgd);
      case OptimizerRule.Adagrad adagrad -> new AdagradTile(adagrad);
      case OptimizerRule.Adadelta adadelta -> new AdadeltaTile(adadelta);
      case OptimizerRule.RmsProp rmsProp -> new RmsPropTile(rmsProp);
      case OptimizerRule.Adam adam -> new AdamTile(adam);
      case OptimizerRule.NAdam nadam -> new NAdamTile(nadam);
    };
  }
}
