package dev.kiln.cpu.reference;

import dev.kiln.op.Unary;

/**
 * A step of a plain recurrent cell: {@code h' = f(input part + state part)}.
 *
 * @param activation the function, with a derivative that follows from its result
 * @param hidden the size of the state
 */
record PlainStep(Unary activation, int hidden) implements RecurrentStep {

  @Override
  public void forward(double[] fromInput, double[] fromState, State previous, double[] trace) {
    for (int i = 0; i < hidden; i++) {
      double state = activation.forward(fromInput[i] + fromState[i]);
      trace[i] = state;
      trace[hidden + i] = state;
    }
  }

  @Override
  public void backward(
      double[] trace, State previous, State gradient, double[] toInput, double[] toState) {
    for (int i = 0; i < hidden; i++) {
      double sum = gradient.h()[i] * activation.derivative(trace[i]);
      toInput[i] = sum;
      toState[i] = sum;
      gradient.h()[i] = 0;
    }
  }
}
