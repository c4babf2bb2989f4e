package dev.kiln.train;

import dev.kiln.op.OptimizerRule;
import dev.kiln.train.schedule.LearningRateSchedule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;

/**
 * An optimizer and its learning rate over time. The methods named after optimizers take PyTorch's
 * defaults for everything but the rate; any {@link OptimizerRule} can be given instead.
 *
 * @param rule how a gradient changes a parameter
 * @param schedule the learning rate of every step
 */
public record Optimizer(OptimizerRule rule, LearningRateSchedule schedule) {

  private static final Map<String, DoubleFunction<Optimizer>> BY_NAME =
      new TreeMap<>(
          Map.of(
              "sgd", Optimizer::sgd,
              "momentum", rate -> sgd(rate, 0.9),
              "nesterov", Optimizer::nesterov,
              "adagrad", Optimizer::adagrad,
              "adadelta", Optimizer::adadelta,
              "rmsprop", Optimizer::rmsProp,
              "adam", Optimizer::adam,
              "amsgrad", Optimizer::amsgrad,
              "adamw", Optimizer::adamW,
              "nadam", Optimizer::nadam));

  /** Returns plain stochastic gradient descent. */
  public static Optimizer sgd(double rate) {
    return sgd(rate, 0);
  }

  /** Returns stochastic gradient descent with momentum. */
  public static Optimizer sgd(double rate, double momentum) {
    return of(new OptimizerRule.Sgd(momentum, 0, false), rate);
  }

  /** Returns stochastic gradient descent with Nesterov's momentum of 0.9. */
  public static Optimizer nesterov(double rate) {
    return of(new OptimizerRule.Sgd(0.9, 0, true), rate);
  }

  /** Returns Adagrad. */
  public static Optimizer adagrad(double rate) {
    return of(new OptimizerRule.Adagrad(0, 0, 1e-10), rate);
  }

  /** Returns Adadelta, whose usual rate is 1. */
  public static Optimizer adadelta(double rate) {
    return of(new OptimizerRule.Adadelta(0.9, 0, 1e-6), rate);
  }

  /** Returns RMSprop. */
  public static Optimizer rmsProp(double rate) {
    return of(new OptimizerRule.RmsProp(0.99, 0, 0, false, 1e-8), rate);
  }

  /** Returns Adam, whose usual rate is 0.001. */
  public static Optimizer adam(double rate) {
    return of(
        new OptimizerRule.Adam(0.9, 0.999, 1e-8, 0, OptimizerRule.Adam.Decay.L2, false), rate);
  }

  /** Returns Adam with AMSGrad's largest mean square. */
  public static Optimizer amsgrad(double rate) {
    return of(new OptimizerRule.Adam(0.9, 0.999, 1e-8, 0, OptimizerRule.Adam.Decay.L2, true), rate);
  }

  /** Returns AdamW with a weight decay of 0.01. */
  public static Optimizer adamW(double rate) {
    return of(
        new OptimizerRule.Adam(0.9, 0.999, 1e-8, 0.01, OptimizerRule.Adam.Decay.DECOUPLED, false),
        rate);
  }

  /** Returns NAdam, whose usual rate is 0.002. */
  public static Optimizer nadam(double rate) {
    return of(new OptimizerRule.NAdam(0.9, 0.999, 1e-8, 0, 0.004), rate);
  }

  /** Returns a rule with a constant rate. */
  public static Optimizer of(OptimizerRule rule, double rate) {
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new IllegalArgumentException("the learning rate must be positive, not " + rate);
    }
    return new Optimizer(rule, LearningRateSchedule.constant(rate));
  }

  /** Returns this optimizer with another learning rate over time. */
  public Optimizer withSchedule(LearningRateSchedule other) {
    return new Optimizer(rule, other);
  }

  /** Returns the names {@link #byName} knows. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /**
   * Returns an optimizer by its name, as on a command line.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Optimizer byName(String name, double rate) {
    DoubleFunction<Optimizer> factory = BY_NAME.get(name);
    if (factory == null) {
      throw new IllegalArgumentException(
          "there is no optimizer '%s'; there are %s".formatted(name, names()));
    }
    return factory.apply(rate);
  }
}
