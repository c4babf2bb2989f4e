package dev.kiln.testkit;

import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerRule.Adadelta;
import dev.kiln.op.OptimizerRule.Adagrad;
import dev.kiln.op.OptimizerRule.Adam;
import dev.kiln.op.OptimizerRule.Adam.Decay;
import dev.kiln.op.OptimizerRule.NAdam;
import dev.kiln.op.OptimizerRule.RmsProp;
import dev.kiln.op.OptimizerRule.Sgd;
import dev.kiln.op.OptimizerStep;
import dev.kiln.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Samples of every optimizer: its first step and a later one, also with a guard. */
final class OptimizerSamples {

  private OptimizerSamples() {}

  private static final List<OptimizerRule> RULES =
      List.of(
          new Sgd(0, 0, false),
          new Sgd(0, 0.01, false),
          new Sgd(0.9, 0, false),
          new Sgd(0.9, 0.01, true),
          new Adagrad(0, 0, 1e-10),
          new Adagrad(0.01, 0.01, 1e-10),
          new Adadelta(0.9, 0, 1e-6),
          new Adadelta(0.8, 0.01, 1e-4),
          new RmsProp(0.99, 0, 0, false, 1e-8),
          new RmsProp(0.9, 0.01, 0.5, false, 1e-8),
          new RmsProp(0.9, 0, 0, true, 1e-8),
          new RmsProp(0.9, 0.01, 0.5, true, 1e-6),
          new Adam(0.9, 0.999, 1e-8, 0, Decay.L2, false),
          new Adam(0.8, 0.99, 1e-6, 0.02, Decay.L2, true),
          new Adam(0.9, 0.999, 1e-8, 0.1, Decay.DECOUPLED, false),
          new Adam(0.9, 0.999, 1e-8, 0.1, Decay.DECOUPLED, true),
          new NAdam(0.9, 0.999, 1e-8, 0, 0.004),
          new NAdam(0.8, 0.99, 1e-6, 0.01, 0.01));

  private static final List<Double> HELD =
      List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (OptimizerRule rule : RULES) {
      for (int parameters : new int[] {1, 13, 129}) {
        samples.add(sample(rule, 1, parameters));
        samples.add(sample(rule, 7, parameters));
      }
      samples.add(guarded(sample(rule, 3, 13), -2.5));
      HELD.forEach(guard -> samples.add(guarded(sample(rule, 3, 129), guard)));
    }
    samples.add(sample(RULES.get(3), 2, 70_001));
    samples.add(sample(RULES.get(12), 2, 70_001));
    return samples;
  }

  private static Sample guarded(Sample sample, double guard) {
    List<Operand> operands = new ArrayList<>(sample.operands());
    operands.add(Operand.of(Domain.cycle(guard)).constant());
    return new Sample(
        sample.name() + ", guard " + guard,
        sample.spec(),
        operands,
        sample.tolerance(),
        sample.smooth());
  }

  private static Sample sample(OptimizerRule rule, int step, int parameters) {
    List<Operand> operands = new ArrayList<>();
    operands.add(Operand.normal(parameters).constant());
    operands.add(Operand.of(Domain.awayFrom(0.1, 0), parameters).constant());
    operands.add(Operand.of(Domain.cycle(0.05)).constant());
    operands.add(Operand.of(DType.I64, Domain.cycle(step)));
    for (OptimizerRule.Slot slot : rule.slots()) {
      Domain domain = step == 1 ? Domain.cycle(0) : past(slot.name());
      int[] dims = {slot.perParameter() ? parameters : 1};
      operands.add(Operand.of(domain, dims).constant());
    }
    return Sample.of(
        "%s, step %d of %d parameters".formatted(rule, step, parameters),
        new OptimizerStep(rule),
        operands.toArray(Operand[]::new));
  }

  /** What a slot may hold after some steps: mean squares are positive and exceed squared means. */
  private static Domain past(String slot) {
    return switch (slot) {
      case "momentum_buffer", "exp_avg" -> Domain.normal();
      case "grad_avg" -> Domain.uniform(-0.5, 0.5);
      case "mu_product" -> Domain.uniform(0.1, 0.5);
      case "sum", "square_avg", "acc_delta", "exp_avg_sq", "max_exp_avg_sq" -> Domain.uniform(1, 2);
      default -> throw new IllegalArgumentException("no values are known for the slot " + slot);
    };
  }
}
