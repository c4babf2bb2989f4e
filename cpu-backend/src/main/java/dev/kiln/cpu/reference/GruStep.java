package dev.kiln.cpu.reference;

import dev.kiln.op.Unary;

/**
 * A step of a GRU, gates r z n, the reset gate after the recurrent product: {@code n = tanh(input
 * part + r state part)}, {@code h' = (1 - z) n + z h}.
 *
 * @param hidden the size of the state
 */
record GruStep(int hidden) implements RecurrentStep {

  @Override
  public void forward(double[] fromInput, double[] fromState, State previous, double[] trace) {
    for (int i = 0; i < hidden; i++) {
      int updateAt = hidden + i;
      int candidateAt = 2 * hidden + i;
      double reset = Unary.SIGMOID.forward(fromInput[i] + fromState[i]);
      double update = Unary.SIGMOID.forward(fromInput[updateAt] + fromState[updateAt]);
      double product = fromState[candidateAt];
      double candidate = Unary.TANH.forward(fromInput[candidateAt] + reset * product);
      trace[i] = reset;
      trace[updateAt] = update;
      trace[candidateAt] = candidate;
      trace[3 * hidden + i] = (1 - update) * candidate + update * previous.h()[i];
      trace[4 * hidden + i] = product;
    }
  }

  @Override
  public void backward(
      double[] trace, State previous, State gradient, double[] toInput, double[] toState) {
    for (int i = 0; i < hidden; i++) {
      int updateAt = hidden + i;
      int candidateAt = 2 * hidden + i;
      double reset = trace[i];
      double update = trace[updateAt];
      double candidate = trace[candidateAt];
      double product = trace[4 * hidden + i];
      double dh = gradient.h()[i];
      double beforeTanh = dh * (1 - update) * Unary.TANH.derivative(candidate);
      toInput[i] = beforeTanh * product * Unary.SIGMOID.derivative(reset);
      toInput[updateAt] = dh * (previous.h()[i] - candidate) * Unary.SIGMOID.derivative(update);
      toInput[candidateAt] = beforeTanh;
      toState[i] = toInput[i];
      toState[updateAt] = toInput[updateAt];
      toState[candidateAt] = beforeTanh * reset;
      gradient.h()[i] = dh * update;
    }
  }
}
