package dev.kiln.cpu.reference;

import dev.kiln.op.RecurrentCell;
import dev.kiln.op.Unary;
import java.util.Arrays;

/**
 * One step of one cell for one sequence, forward and back; see {@link dev.kiln.op.Recurrent} for
 * the equations.
 *
 * <p>What a step leaves behind is its trace: the activated gates, one after the other, then the new
 * state, then one more vector (an LSTM's memory, a GRU's recurrent product), each of the state's
 * size.
 */
interface RecurrentStep {

  /**
   * Computes a step.
   *
   * @param fromInput the input's part of the gates
   * @param fromState the state's part of the gates
   * @param previous the state before the step
   * @param trace receives the trace
   */
  void forward(double[] fromInput, double[] fromState, State previous, double[] trace);

  /**
   * Goes a step back.
   *
   * @param trace what the step left behind
   * @param previous the state before the step
   * @param gradient the gradient of the state after the step; becomes that of the state before it,
   *     as far as it does not pass through the recurrent product
   * @param toInput receives the gradient of the input's part of the gates
   * @param toState receives the gradient of the state's part of the gates
   */
  void backward(double[] trace, State previous, State gradient, double[] toInput, double[] toState);

  /**
   * What carries over from step to step, or the gradient of it.
   *
   * @param h the state
   * @param c the memory; only an LSTM uses it
   */
  record State(double[] h, double[] c) {

    static State ofSize(int hidden) {
      return new State(new double[hidden], new double[hidden]);
    }

    /** Sets every element. */
    void fill(double value) {
      Arrays.fill(h, value);
      Arrays.fill(c, value);
    }

    /** Takes over the state after a step from its trace. */
    void follow(double[] trace, int gates) {
      int hidden = h.length;
      System.arraycopy(trace, gates * hidden, h, 0, hidden);
      System.arraycopy(trace, (gates + 1) * hidden, c, 0, hidden);
    }
  }

  /** Returns the step of a cell. */
  static RecurrentStep of(RecurrentCell cell, int hidden) {
    return switch (cell) {
      case RNN_TANH -> new PlainStep(Unary.TANH, hidden);
      case RNN_RELU -> new PlainStep(Unary.RELU, hidden);
      case LSTM -> new LstmStep(hidden);
      case GRU -> new GruStep(hidden);
    };
  }
}
