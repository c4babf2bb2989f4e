package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.OptimizerRule.Adadelta;
import dev.kiln.op.OptimizerRule.Adagrad;
import dev.kiln.op.OptimizerRule.Adam;
import dev.kiln.op.OptimizerRule.NAdam;
import dev.kiln.op.OptimizerRule.RmsProp;
import dev.kiln.op.OptimizerRule.Sgd;
import dev.kiln.op.OptimizerStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@link OptimizerStep}: one kernel updates all parameters. Where a rule has factors that depend on
 * the step alone, a kernel of a single thread computes them first. Rate and step are read on the
 * device, so that a recorded graph stays right when they change.
 */
record CudaOptimizerStep(OpContext context, OptimizerStep spec) implements Op {

  private static final int FIRST_SLOT = 4;
  private static final int FACTORS = 3;

  @Override
  public long workspaceBytes() {
    return switch (spec.rule()) {
      case Adam _, NAdam _ -> FACTORS * Double.BYTES;
      case Sgd _, Adagrad _, Adadelta _, RmsProp _ -> 0;
    };
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    int guard = spec.guardIndex();
    Operands operands =
        new Operands(
            inputs.subList(0, FIRST_SLOT),
            inputs.subList(FIRST_SLOT, guard),
            Optional.of(inputs).filter(all -> all.size() > guard).map(List::getLast),
            outputs.getFirst(),
            outputs.subList(1, outputs.size()));
    Kernel update = update(operands, workspace);
    return operands.guard.isEmpty()
        ? update
        : StreamWork.inOrder(List.of(keep(inputs, outputs), update));
  }

  /**
   * What is new holds the old where the guard lets nothing be written; in place it does so anyway.
   */
  private Kernel keep(List<Buffer> inputs, List<Buffer> outputs) {
    List<Kernel> copies = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Buffer old = inputs.get(spec.overwrites(i).orElseThrow());
      copies.add(
          StreamWork.copy(
              context.engine().context(), DeviceBuffer.of(old), DeviceBuffer.of(outputs.get(i))));
    }
    return StreamWork.inOrder(copies);
  }

  private Kernel update(Operands operands, Buffer workspace) {
    return switch (spec.rule()) {
      case Sgd sgd -> bind(sgd, operands);
      case Adagrad adagrad ->
          allSlots("adagrad", operands)
              .number(adagrad.rateDecay())
              .number(adagrad.weightDecay())
              .number(adagrad.epsilon())
              .over(count());
      case Adadelta adadelta ->
          allSlots("adadelta", operands)
              .number(adadelta.rho())
              .number(adadelta.weightDecay())
              .number(adadelta.epsilon())
              .over(count());
      case RmsProp rmsProp -> bind(rmsProp, operands);
      case Adam adam -> bind(adam, operands, workspace);
      case NAdam nadam -> bind(nadam, operands, workspace);
    };
  }

  /**
   * The operands, sorted.
   *
   * @param common parameters, gradients, rate and step
   * @param slots the old slots
   * @param guard where there is one
   * @param parameters the new parameters
   * @param newSlots the new slots
   */
  private record Operands(
      List<Buffer> common,
      List<Buffer> slots,
      Optional<Buffer> guard,
      Buffer parameters,
      List<Buffer> newSlots) {}

  private long count() {
    return context.output().elements();
  }

  private Launch.Builder kernel(String name) {
    return context.launch(context.function("optimizer", name));
  }

  private Launch.Builder update(String name, Operands operands) {
    Launch.Builder launch = kernel(name).number(count());
    operands.common.forEach(launch::buffer);
    return guard(launch, operands);
  }

  /** Adds the guard, or null where there is none. */
  private static Launch.Builder guard(Launch.Builder launch, Operands operands) {
    return operands.guard.map(launch::buffer).orElseGet(launch::absent);
  }

  /** A launch that takes every slot as it comes. */
  private Launch.Builder allSlots(String name, Operands operands) {
    return slots(name, operands, operands.slots.size());
  }

  private Launch.Builder slots(String name, Operands operands, int slots) {
    Launch.Builder launch = update(name, operands);
    operands.slots.subList(0, slots).forEach(launch::buffer);
    launch.buffer(operands.parameters);
    operands.newSlots.subList(0, slots).forEach(launch::buffer);
    return launch;
  }

  private Kernel bind(Sgd sgd, Operands operands) {
    if (sgd.momentum() == 0) {
      return allSlots("sgd", operands).number(sgd.weightDecay()).over(count());
    }
    return allSlots("sgd_momentum", operands)
        .number(sgd.momentum())
        .number(sgd.weightDecay())
        .number(sgd.nesterov() ? 1 : 0)
        .over(count());
  }

  private Kernel bind(RmsProp rmsProp, Operands operands) {
    boolean velocity = rmsProp.momentum() > 0;
    int mean = rmsProp.centered() ? (velocity ? 2 : 1) : -1;
    Launch.Builder launch = update("rmsprop", operands);
    rmsPropSlots(launch, operands.slots, velocity ? 1 : -1, mean);
    launch.buffer(operands.parameters);
    rmsPropSlots(launch, operands.newSlots, velocity ? 1 : -1, mean);
    return launch
        .number(rmsProp.alpha())
        .number(rmsProp.weightDecay())
        .number(rmsProp.momentum())
        .number(rmsProp.epsilon())
        .over(count());
  }

  private static void rmsPropSlots(
      Launch.Builder launch, List<Buffer> slots, int velocity, int mean) {
    launch.buffer(slots.getFirst());
    optional(launch, slots, velocity);
    optional(launch, slots, mean);
  }

  /** Adds a slot, or null where the rule has none. */
  private static void optional(Launch.Builder launch, List<Buffer> slots, int slot) {
    if (slot < 0) {
      launch.absent();
    } else {
      launch.buffer(slots.get(slot));
    }
  }

  private Kernel bind(Adam adam, Operands operands, Buffer factors) {
    double penalty = 0;
    double decoupled = 0;
    switch (adam.decay()) {
      case L2 -> penalty = adam.weightDecay();
      case DECOUPLED -> decoupled = adam.weightDecay();
    }
    Kernel prepare =
        kernel("adam_factors")
            .buffer(operands.common.get(2))
            .buffer(operands.common.get(3))
            .buffer(factors)
            .number(adam.beta1())
            .number(adam.beta2())
            .number(decoupled)
            .blocks(1);
    int largest = adam.amsgrad() ? 2 : -1;
    Launch.Builder launch = update("adam", operands);
    launch.buffer(operands.slots.get(0)).buffer(operands.slots.get(1));
    optional(launch, operands.slots, largest);
    launch.buffer(operands.parameters);
    launch.buffer(operands.newSlots.get(0)).buffer(operands.newSlots.get(1));
    optional(launch, operands.newSlots, largest);
    Kernel update =
        launch
            .buffer(factors)
            .number(adam.beta1())
            .number(adam.beta2())
            .number(adam.epsilon())
            .number(penalty)
            .over(count());
    return StreamWork.inOrder(List.of(prepare, update));
  }

  private Kernel bind(NAdam nadam, Operands operands, Buffer factors) {
    Launch.Builder factorsOf =
        kernel("nadam_factors").buffer(operands.common.get(2)).buffer(operands.common.get(3));
    Kernel prepare =
        guard(factorsOf, operands)
            .buffer(operands.slots.get(2))
            .buffer(operands.newSlots.get(2))
            .buffer(factors)
            .number(nadam.beta1())
            .number(nadam.beta2())
            .number(nadam.momentumDecay())
            .blocks(1);
    Kernel update =
        slots("nadam", operands, 2)
            .buffer(factors)
            .number(nadam.beta1())
            .number(nadam.beta2())
            .number(nadam.epsilon())
            .number(nadam.weightDecay())
            .over(count());
    return StreamWork.inOrder(List.of(prepare, update));
  }
}
