package dev.kiln.cpu.reference;

import dev.kiln.op.Unary;

/**
 * A step of an LSTM, gates i f g o: {@code c' = f c + i g}, {@code h' = o tanh(c')}.
 *
 * @param hidden the size of the state
 */
record LstmStep(int hidden) implements RecurrentStep {

  @Override
  public void forward(double[] fromInput, double[] fromState, State previous, double[] trace) {
    for (int i = 0; i < hidden; i++) {
      int forgetAt = hidden + i;
      int candidateAt = 2 * hidden + i;
      int outputAt = 3 * hidden + i;
      double input = Unary.SIGMOID.forward(fromInput[i] + fromState[i]);
      double forget = Unary.SIGMOID.forward(fromInput[forgetAt] + fromState[forgetAt]);
      double candidate = Unary.TANH.forward(fromInput[candidateAt] + fromState[candidateAt]);
      double output = Unary.SIGMOID.forward(fromInput[outputAt] + fromState[outputAt]);
      double memory = forget * previous.c()[i] + input * candidate;
      trace[i] = input;
      trace[forgetAt] = forget;
      trace[candidateAt] = candidate;
      trace[outputAt] = output;
      trace[4 * hidden + i] = output * Math.tanh(memory);
      trace[5 * hidden + i] = memory;
    }
  }

  @Override
  public void backward(
      double[] trace, State previous, State gradient, double[] toInput, double[] toState) {
    for (int i = 0; i < hidden; i++) {
      double input = trace[i];
      double forget = trace[hidden + i];
      double candidate = trace[2 * hidden + i];
      double output = trace[3 * hidden + i];
      double squashed = Math.tanh(trace[5 * hidden + i]);
      double dh = gradient.h()[i];
      double dc = gradient.c()[i] + dh * output * Unary.TANH.derivative(squashed);
      toInput[i] = dc * candidate * Unary.SIGMOID.derivative(input);
      toInput[hidden + i] = dc * previous.c()[i] * Unary.SIGMOID.derivative(forget);
      toInput[2 * hidden + i] = dc * input * Unary.TANH.derivative(candidate);
      toInput[3 * hidden + i] = dh * squashed * Unary.SIGMOID.derivative(output);
      gradient.h()[i] = 0;
      gradient.c()[i] = dc * forget;
    }
    System.arraycopy(toInput, 0, toState, 0, 4 * hidden);
  }
}
