package dev.kiln.check;

import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerRule.Adam.Decay;
import java.util.List;

/** Optimizers by PyTorch's names, attributes and defaults. */
final class OptimizerRules {

  private OptimizerRules() {}

  /**
   * Returns an optimizer.
   *
   * @throws UnknownOperationException if there is none of this name
   */
  static OptimizerRule of(String name, Attributes attributes) {
    return switch (name) {
      case "sgd" ->
          new OptimizerRule.Sgd(
              attributes.number("momentum", 0),
              decay(attributes, 0),
              attributes.flag("nesterov", false));
      case "adagrad" ->
          new OptimizerRule.Adagrad(
              attributes.number("lr_decay", 0), decay(attributes, 0), epsilon(attributes, 1e-10));
      case "adadelta" ->
          new OptimizerRule.Adadelta(
              attributes.number("rho", 0.9), decay(attributes, 0), epsilon(attributes, 1e-6));
      case "rmsprop" ->
          new OptimizerRule.RmsProp(
              attributes.number("alpha", 0.99),
              decay(attributes, 0),
              attributes.number("momentum", 0),
              attributes.flag("centered", false),
              epsilon(attributes, 1e-8));
      case "adam" -> adam(attributes, decay(attributes, 0), Decay.L2);
      case "adamw" -> adam(attributes, decay(attributes, 0.01), Decay.DECOUPLED);
      case "nadam" ->
          new OptimizerRule.NAdam(
              betas(attributes).get(0),
              betas(attributes).get(1),
              epsilon(attributes, 1e-8),
              decay(attributes, 0),
              attributes.number("momentum_decay", 0.004));
      case String other ->
          throw new UnknownOperationException("the optimizer '" + other + "' is not known");
    };
  }

  private static OptimizerRule adam(Attributes attributes, double weightDecay, Decay decay) {
    return new OptimizerRule.Adam(
        betas(attributes).get(0),
        betas(attributes).get(1),
        epsilon(attributes, 1e-8),
        weightDecay,
        decay,
        attributes.flag("amsgrad", false));
  }

  private static List<Double> betas(Attributes attributes) {
    return attributes.numbers("betas", List.of(0.9, 0.999));
  }

  private static double decay(Attributes attributes, double usual) {
    return attributes.number("weight_decay", usual);
  }

  private static double epsilon(Attributes attributes, double usual) {
    return attributes.number("eps", usual);
  }
}
