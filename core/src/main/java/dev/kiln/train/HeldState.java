package dev.kiln.train;

import dev.kiln.backend.Backend;
import dev.kiln.exec.Variables;
import dev.kiln.nn.CarriedState;
import dev.kiln.nn.Mode;
import dev.kiln.nn.Network;
import dev.kiln.nn.Parameter;
import dev.kiln.nn.Statistic;
import dev.kiln.op.Value;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.Optional;

/**
 * Everything that a training holds on its backend between steps: parameters, statistics, optimizer
 * slots, what layers carry from batch to batch, and the guard. It owns that memory.
 */
final class HeldState implements AutoCloseable {

  private final Variables variables;

  /** Declares parameters, statistics and optimizer slots before any plan asks for them. */
  HeldState(Backend backend, Network network, Settings settings) {
    variables = new Variables(backend);
    boolean complete = false;
    try {
      declare(backend, network, settings);
      initialize(network, settings.seed());
      complete = true;
    } finally {
      if (!complete) {
        variables.close();
      }
    }
  }

  private void declare(Backend backend, Network network, Settings settings) {
    TrainingGraph apply =
        TrainingGraph.applyAccumulated(
            network, backend.precision(), 1, settings.optimizer().rule(), settings.clip());
    variables.declare(
        apply.graph().variables().stream()
            .filter(variable -> settings.accumulate() > 1 || !TrainingGraph.isAccumulator(variable))
            .toList());
    variables.declare(
        network.statistics().stream()
            .map(statistic ->
                new Value(statistic.name(), TensorType.of(network.dtype(), statistic.shape())))
            .toList());
  }

  /** Writes fresh weights and the first values of statistics; all else begins with zeros. */
  private void initialize(Network network, long seed) {
    variables.write(Network.PARAMETERS, network.initialParameters(seed));
    LossScaling.initialize(variables);
    for (Statistic statistic : network.statistics()) {
      Tensor initial = Tensor.allocate(TensorType.of(network.dtype(), statistic.shape()));
      for (long i = 0; i < initial.elements(); i++) {
        initial.set(i, statistic.initial());
      }
      variables.write(statistic.name(), initial);
    }
  }

  Variables variables() {
    return variables;
  }

  /** Lets updates happen again, after a loss that was not finite. */
  void clearGuard() {
    clear(TrainingGraph.GUARD);
  }

  /** Sets the state that layers carry from batch to batch to zero. */
  void forgetCarried(Mode mode) {
    for (String name : variables.names()) {
      if (CarriedState.isOf(mode, name)) {
        clear(name);
      }
    }
  }

  private void clear(String name) {
    variables.write(name, Tensor.allocate(variables.type(name)));
  }

  /** Returns how gradients are scaled; empty unless in fp16. */
  Optional<ScaledGradients> scaledGradients() {
    if (!variables.names().contains(LossScaling.SCALE)) {
      return Optional.empty();
    }
    return Optional.of(
        new ScaledGradients(
            variables.read(LossScaling.SCALE).item(),
            (long) variables.read(LossScaling.Dynamic.SKIPPED).item()));
  }

  /** Returns the first parameter or statistic with a number that is not finite, if there is one. */
  Optional<String> firstNonFinite(Network network) {
    Tensor flat = variables.read(Network.PARAMETERS);
    for (Parameter parameter : network.parameters()) {
      if (!isFinite(flat, parameter.offset(), parameter.elements())) {
        return Optional.of("parameter " + parameter.name());
      }
    }
    return network.statistics().stream()
        .map(Statistic::name)
        .filter(name -> !isFinite(variables.read(name), 0, variables.type(name).elements()))
        .map(name -> "statistic " + name)
        .findFirst();
  }

  private static boolean isFinite(Tensor tensor, long offset, long count) {
    for (long i = offset; i < offset + count; i++) {
      if (!Double.isFinite(tensor.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    variables.close();
  }
}
