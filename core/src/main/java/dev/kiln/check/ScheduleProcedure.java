package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.train.schedule.CosineAnnealing;
import dev.kiln.train.schedule.ExponentialDecay;
import dev.kiln.train.schedule.LearningRateSchedule;
import dev.kiln.train.schedule.LinearRamp;
import dev.kiln.train.schedule.MultiStepDecay;
import dev.kiln.train.schedule.OneCycle;
import dev.kiln.train.schedule.PolynomialDecay;
import dev.kiln.train.schedule.StepDecay;
import java.util.Map;

/** A learning-rate schedule: the rate of every step from the first. No backend computes these. */
final class ScheduleProcedure implements Procedure {

  @Override
  public Map<String, Tensor> compute(Backend backend, GoldenCase golden) {
    double base = golden.attributes().number("base_lr");
    LearningRateSchedule schedule = schedule(golden.attributes(), base);
    golden.attributes().checkAllUsed();
    Tensor rates = Tensor.allocate(golden.expected("out.lr").type().withDType(DType.F64));
    for (long step = 0; step < rates.elements(); step++) {
      rates.set(step, schedule.rate(step));
    }
    return Map.of("out.lr", rates);
  }

  private static LearningRateSchedule schedule(Attributes attributes, double base) {
    return switch (attributes.text("name")) {
      case "step" ->
          new StepDecay(base, attributes.integer("step_size"), attributes.number("gamma"));
      case "multi_step" ->
          new MultiStepDecay(
              base,
              attributes.integers("milestones").stream().map(Integer::longValue).toList(),
              attributes.number("gamma"));
      case "exponential" -> new ExponentialDecay(base, attributes.number("gamma"));
      case "cosine" ->
          new CosineAnnealing(base, attributes.integer("T_max"), attributes.number("eta_min", 0));
      case "linear" ->
          new LinearRamp(
              base,
              attributes.number("start_factor"),
              attributes.number("end_factor"),
              attributes.integer("total_iters"));
      case "polynomial" ->
          new PolynomialDecay(
              base, attributes.integer("total_iters"), attributes.number("power", 1));
      // The peak replaces the base rate.
      case "one_cycle" ->
          new OneCycle(attributes.number("max_lr"), attributes.integer("total_steps"));
      case String other ->
          throw new UnknownOperationException("the schedule '" + other + "' is not known");
    };
  }
}
