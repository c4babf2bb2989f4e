package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.OptimizerRule.Adadelta;
import dev.kiln.op.OptimizerRule.Adagrad;
import dev.kiln.op.OptimizerRule.Adam;
import dev.kiln.op.OptimizerRule.NAdam;
import dev.kiln.op.OptimizerRule.RmsProp;
import dev.kiln.op.OptimizerRule.Sgd;
import dev.kiln.op.OptimizerStep;
import dev.kiln.tensor.Tensor;
import java.util.List;

/**
 * {@link OptimizerStep} in plain Java: the formulas of each rule, one parameter after the other, in
 * double precision until the result is stored.
 */
record ReferenceOptimizerStep(OptimizerStep spec, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    int guardIndex = spec.guardIndex();
    Update update = new Update(inputs.subList(0, guardIndex), outputs);
    Kernel kernel = kernel(update);
    if (inputs.size() == guardIndex) {
      return kernel;
    }
    Tensor guard = inputs.get(guardIndex);
    return () -> {
      if (Double.isFinite(guard.get(0))) {
        kernel.run();
      } else {
        update.keep();
      }
    };
  }

  private Kernel kernel(Update update) {
    return switch (spec.rule()) {
      case Sgd sgd -> () -> run(sgd, update);
      case Adagrad adagrad -> () -> run(adagrad, update);
      case Adadelta adadelta -> () -> run(adadelta, update);
      case RmsProp rmsProp -> () -> run(rmsProp, update);
      case Adam adam -> () -> run(adam, update);
      case NAdam nadam -> () -> run(nadam, update);
    };
  }

  /** The operands; what is new may lie where the old was. */
  private static final class Update {

    private static final int FIRST_SLOT = 4;

    private final Tensor parameters;
    private final Tensor gradients;
    private final Tensor rate;
    private final Tensor step;
    private final Tensor[] slots;
    private final Tensor newParameters;
    private final Tensor[] newSlots;
    private final long count;

    Update(List<Tensor> inputs, List<Tensor> outputs) {
      parameters = inputs.get(0);
      gradients = inputs.get(1);
      rate = inputs.get(2);
      step = inputs.get(3);
      slots = inputs.subList(FIRST_SLOT, inputs.size()).toArray(Tensor[]::new);
      newParameters = outputs.get(0);
      newSlots = outputs.subList(1, outputs.size()).toArray(Tensor[]::new);
      count = parameters.elements();
    }

    double rate() {
      return rate.get(0);
    }

    long step() {
      return (long) step.get(0);
    }

    double parameter(long i) {
      return parameters.get(i);
    }

    /** The gradient together with that of the penalty {@code weightDecay p^2 / 2}. */
    double gradient(long i, double weightDecay) {
      return gradients.get(i) + weightDecay * parameters.get(i);
    }

    double slot(int slot, long i) {
      return slots[slot].get(i);
    }

    /** Leaves everything as it is. */
    void keep() {
      newParameters.data().copyFrom(parameters.data());
      for (int i = 0; i < slots.length; i++) {
        newSlots[i].data().copyFrom(slots[i].data());
      }
    }

    void setParameter(long i, double value) {
      newParameters.set(i, value);
    }

    void setSlot(int slot, long i, double value) {
      newSlots[slot].set(i, value);
    }
  }

  private static void run(Sgd sgd, Update update) {
    double rate = update.rate();
    for (long i = 0; i < update.count; i++) {
      double change = update.gradient(i, sgd.weightDecay());
      if (sgd.momentum() != 0) {
        double velocity = sgd.momentum() * update.slot(0, i) + change;
        update.setSlot(0, i, velocity);
        change = sgd.nesterov() ? change + sgd.momentum() * velocity : velocity;
      }
      update.setParameter(i, update.parameter(i) - rate * change);
    }
  }

  private static void run(Adagrad adagrad, Update update) {
    double rate = update.rate() / (1 + (update.step() - 1) * adagrad.rateDecay());
    for (long i = 0; i < update.count; i++) {
      double gradient = update.gradient(i, adagrad.weightDecay());
      double sum = update.slot(0, i) + gradient * gradient;
      update.setSlot(0, i, sum);
      update.setParameter(
          i, update.parameter(i) - rate * gradient / (Math.sqrt(sum) + adagrad.epsilon()));
    }
  }

  private static void run(Adadelta adadelta, Update update) {
    double rate = update.rate();
    double rho = adadelta.rho();
    for (long i = 0; i < update.count; i++) {
      double gradient = update.gradient(i, adadelta.weightDecay());
      double square = average(rho, update.slot(0, i), gradient * gradient);
      double change =
          Math.sqrt(update.slot(1, i) + adadelta.epsilon())
              / Math.sqrt(square + adadelta.epsilon())
              * gradient;
      update.setSlot(0, i, square);
      update.setSlot(1, i, average(rho, update.slot(1, i), change * change));
      update.setParameter(i, update.parameter(i) - rate * change);
    }
  }

  private static void run(RmsProp rmsProp, Update update) {
    double rate = update.rate();
    int meanSlot = rmsProp.momentum() > 0 ? 2 : 1;
    for (long i = 0; i < update.count; i++) {
      double gradient = update.gradient(i, rmsProp.weightDecay());
      double square = average(rmsProp.alpha(), update.slot(0, i), gradient * gradient);
      update.setSlot(0, i, square);
      double spread = square;
      if (rmsProp.centered()) {
        double mean = average(rmsProp.alpha(), update.slot(meanSlot, i), gradient);
        update.setSlot(meanSlot, i, mean);
        spread = Math.max(square - mean * mean, 0); // rounding may leave less than nothing
      }
      double change = gradient / (Math.sqrt(spread) + rmsProp.epsilon());
      if (rmsProp.momentum() > 0) {
        change += rmsProp.momentum() * update.slot(1, i);
        update.setSlot(1, i, change);
      }
      update.setParameter(i, update.parameter(i) - rate * change);
    }
  }

  private static void run(Adam adam, Update update) {
    double rate = update.rate() / (1 - Math.pow(adam.beta1(), update.step()));
    double squareCorrection = Math.sqrt(1 - Math.pow(adam.beta2(), update.step()));
    double penalty = 0;
    double kept = 1;
    switch (adam.decay()) {
      case L2 -> penalty = adam.weightDecay();
      case DECOUPLED -> kept = 1 - update.rate() * adam.weightDecay();
    }
    for (long i = 0; i < update.count; i++) {
      double gradient = update.gradient(i, penalty);
      double mean = average(adam.beta1(), update.slot(0, i), gradient);
      double square = average(adam.beta2(), update.slot(1, i), gradient * gradient);
      update.setSlot(0, i, mean);
      update.setSlot(1, i, square);
      if (adam.amsgrad()) {
        square = Math.max(square, update.slot(2, i));
        update.setSlot(2, i, square);
      }
      double root = Math.sqrt(square) / squareCorrection + adam.epsilon();
      update.setParameter(i, kept * update.parameter(i) - rate * mean / root);
    }
  }

  private static void run(NAdam nadam, Update update) {
    long step = update.step();
    double now = nadam.momentum(step);
    double next = nadam.momentum(step + 1);
    double product = step == 1 ? now : update.slot(2, 0) * now;
    update.setSlot(2, 0, product);
    double gradientRate = update.rate() * (1 - now) / (1 - product);
    double meanRate = update.rate() * next / (1 - product * next);
    double squareCorrection = 1 - Math.pow(nadam.beta2(), step);
    for (long i = 0; i < update.count; i++) {
      double gradient = update.gradient(i, nadam.weightDecay());
      double mean = average(nadam.beta1(), update.slot(0, i), gradient);
      double square = average(nadam.beta2(), update.slot(1, i), gradient * gradient);
      update.setSlot(0, i, mean);
      update.setSlot(1, i, square);
      double root = Math.sqrt(square / squareCorrection) + nadam.epsilon();
      update.setParameter(
          i, update.parameter(i) - (gradientRate * gradient + meanRate * mean) / root);
    }
  }

  /** The exponential moving average after one more value. */
  private static double average(double kept, double old, double value) {
    return kept * old + (1 - kept) * value;
  }
}
