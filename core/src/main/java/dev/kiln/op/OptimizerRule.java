package dev.kiln.op;

import java.util.ArrayList;
import java.util.List;

/**
 * How an optimizer turns a gradient {@code g} into a change of a parameter {@code p}, at the rate
 * {@code lr} in step {@code t = 1, 2, ...}. Formulas and defaults are PyTorch's.
 */
public sealed interface OptimizerRule {

  /** Returns the tensors it remembers between steps, all zero before the first. */
  List<Slot> slots();

  /** Returns its name as it is written in commands and files, such as {@code adamw}. */
  String ruleName();

  /**
   * A tensor remembered between steps.
   *
   * @param name PyTorch's name of it, such as {@code exp_avg}
   * @param perParameter whether it has an element for every parameter, or one in all
   */
  record Slot(String name, boolean perParameter) {}

  /**
   * Stochastic gradient descent with momentum (Sutskever et al. 2013): {@code g += weightDecay p; v
   * = momentum v + g; p -= lr v}, with Nesterov's look-ahead {@code p -= lr (g + momentum v)}.
   *
   * @param momentum how much of the last velocity stays, 0 for none
   * @param weightDecay the factor of the L2 penalty's gradient
   * @param nesterov whether the step looks ahead
   */
  record Sgd(double momentum, double weightDecay, boolean nesterov) implements OptimizerRule {

    /** Checks the attributes. */
    public Sgd {
      check(momentum >= 0, "sgd: momentum must not be negative", momentum);
      check(weightDecay >= 0, "sgd: weight decay must not be negative", weightDecay);
      check(!nesterov || momentum > 0, "sgd: Nesterov's step needs a momentum above 0", momentum);
    }

    @Override
    public List<Slot> slots() {
      return momentum == 0 ? List.of() : List.of(new Slot("momentum_buffer", true));
    }

    @Override
    public String ruleName() {
      return "sgd";
    }
  }

  /**
   * Adagrad (Duchi et al. 2011): {@code g += weightDecay p; s += g^2; p -= lr / (1 + (t - 1)
   * rateDecay) g / (sqrt(s) + epsilon)}.
   *
   * @param rateDecay how fast the rate falls with the steps, usually 0
   * @param weightDecay the factor of the L2 penalty's gradient
   * @param epsilon added to the root, usually 1e-10
   */
  record Adagrad(double rateDecay, double weightDecay, double epsilon) implements OptimizerRule {

    /** Checks the attributes. */
    public Adagrad {
      check(rateDecay >= 0, "adagrad: rate decay must not be negative", rateDecay);
      check(weightDecay >= 0, "adagrad: weight decay must not be negative", weightDecay);
      check(epsilon > 0, "adagrad: epsilon must be positive", epsilon);
    }

    @Override
    public List<Slot> slots() {
      return List.of(new Slot("sum", true));
    }

    @Override
    public String ruleName() {
      return "adagrad";
    }
  }

  /**
   * Adadelta (Zeiler 2012): {@code g += weightDecay p; s = rho s + (1 - rho) g^2; d = sqrt(a +
   * epsilon) / sqrt(s + epsilon) g; a = rho a + (1 - rho) d^2; p -= lr d}.
   *
   * @param rho how much of the averages stays, usually 0.9
   * @param weightDecay the factor of the L2 penalty's gradient
   * @param epsilon added under the roots, usually 1e-6
   */
  record Adadelta(double rho, double weightDecay, double epsilon) implements OptimizerRule {

    /** Checks the attributes. */
    public Adadelta {
      check(rho >= 0 && rho <= 1, "adadelta: rho must be in [0, 1]", rho);
      check(weightDecay >= 0, "adadelta: weight decay must not be negative", weightDecay);
      check(epsilon > 0, "adadelta: epsilon must be positive", epsilon);
    }

    @Override
    public List<Slot> slots() {
      return List.of(new Slot("square_avg", true), new Slot("acc_delta", true));
    }

    @Override
    public String ruleName() {
      return "adadelta";
    }
  }

  /**
   * RMSprop (Hinton 2012): {@code g += weightDecay p; s = alpha s + (1 - alpha) g^2}; if centered
   * {@code a = alpha a + (1 - alpha) g; s' = s - a^2}; {@code d = g / (sqrt(s') + epsilon)}; with
   * momentum {@code b = momentum b + d; p -= lr b}.
   *
   * @param alpha how much of the average stays, usually 0.99
   * @param weightDecay the factor of the L2 penalty's gradient
   * @param momentum how much of the last step stays, usually 0
   * @param centered whether the variance replaces the mean square
   * @param epsilon added to the root, usually 1e-8
   */
  record RmsProp(
      double alpha, double weightDecay, double momentum, boolean centered, double epsilon)
      implements OptimizerRule {

    /** Checks the attributes. */
    public RmsProp {
      check(alpha >= 0 && alpha <= 1, "rmsprop: alpha must be in [0, 1]", alpha);
      check(weightDecay >= 0, "rmsprop: weight decay must not be negative", weightDecay);
      check(momentum >= 0, "rmsprop: momentum must not be negative", momentum);
      check(epsilon > 0, "rmsprop: epsilon must be positive", epsilon);
    }

    @Override
    public List<Slot> slots() {
      List<Slot> slots = new ArrayList<>(List.of(new Slot("square_avg", true)));
      if (momentum > 0) {
        slots.add(new Slot("momentum_buffer", true));
      }
      if (centered) {
        slots.add(new Slot("grad_avg", true));
      }
      return List.copyOf(slots);
    }

    @Override
    public String ruleName() {
      return "rmsprop";
    }
  }

  /**
   * Adam (Kingma, Ba 2015), AMSGrad (Reddi et al. 2018) and AdamW (Loshchilov, Hutter 2019): {@code
   * m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; p -= lr / (1 - beta1^t) m /
   * (sqrt(v) / sqrt(1 - beta2^t) + epsilon)}. AMSGrad uses the largest {@code v} so far.
   *
   * @param beta1 how much of the mean stays, usually 0.9
   * @param beta2 how much of the mean square stays, usually 0.999
   * @param epsilon added to the root, usually 1e-8
   * @param weightDecay the strength of the decay
   * @param decay how the weights decay
   * @param amsgrad whether the largest mean square so far is used
   */
  record Adam(
      double beta1, double beta2, double epsilon, double weightDecay, Decay decay, boolean amsgrad)
      implements OptimizerRule {

    /** How weights decay. */
    public enum Decay {
      /** Through the gradient, {@code g += weightDecay p}: Adam. */
      L2,
      /** Directly, {@code p *= 1 - lr weightDecay}, before the step: AdamW. */
      DECOUPLED
    }

    /** Checks the attributes. */
    public Adam {
      check(beta1 >= 0 && beta1 < 1, "adam: beta1 must be in [0, 1)", beta1);
      check(beta2 >= 0 && beta2 < 1, "adam: beta2 must be in [0, 1)", beta2);
      check(epsilon > 0, "adam: epsilon must be positive", epsilon);
      check(weightDecay >= 0, "adam: weight decay must not be negative", weightDecay);
    }

    @Override
    public List<Slot> slots() {
      List<Slot> slots = List.of(new Slot("exp_avg", true), new Slot("exp_avg_sq", true));
      return amsgrad
          ? List.of(slots.get(0), slots.get(1), new Slot("max_exp_avg_sq", true))
          : slots;
    }

    @Override
    public String ruleName() {
      return decay == Decay.DECOUPLED ? "adamw" : "adam";
    }
  }

  /**
   * NAdam (Dozat 2016): Adam with Nesterov's momentum, {@code mu(t) = beta1 (1 - 0.96^(t
   * momentumDecay) / 2)}, {@code product = mu(1) ... mu(t)}, {@code p -= lr (1 - mu(t)) / (1 -
   * product) g / d + lr mu(t + 1) / (1 - product mu(t + 1)) m / d} with {@code d = sqrt(v / (1 -
   * beta2^t)) + epsilon}.
   *
   * @param beta1 how much of the mean stays, usually 0.9
   * @param beta2 how much of the mean square stays, usually 0.999
   * @param epsilon added to the root, usually 1e-8
   * @param weightDecay the factor of the L2 penalty's gradient
   * @param momentumDecay how fast the momentum grows, usually 0.004
   */
  record NAdam(double beta1, double beta2, double epsilon, double weightDecay, double momentumDecay)
      implements OptimizerRule {

    /** Checks the attributes. */
    public NAdam {
      check(beta1 >= 0 && beta1 < 1, "nadam: beta1 must be in [0, 1)", beta1);
      check(beta2 >= 0 && beta2 < 1, "nadam: beta2 must be in [0, 1)", beta2);
      check(epsilon > 0, "nadam: epsilon must be positive", epsilon);
      check(weightDecay >= 0, "nadam: weight decay must not be negative", weightDecay);
      check(momentumDecay >= 0, "nadam: momentum decay must not be negative", momentumDecay);
    }

    /** Returns {@code mu(t)}, the momentum of a step. */
    public double momentum(long step) {
      return beta1 * (1 - 0.5 * Math.pow(0.96, step * momentumDecay));
    }

    @Override
    public List<Slot> slots() {
      // The product starts at 0 like every slot; step 1 replaces it instead of multiplying.
      return List.of(
          new Slot("exp_avg", true), new Slot("exp_avg_sq", true), new Slot("mu_product", false));
    }

    @Override
    public String ruleName() {
      return "nadam";
    }
  }

  private static void check(boolean holds, String rule, double value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", but it is " + value);
    }
  }
}
