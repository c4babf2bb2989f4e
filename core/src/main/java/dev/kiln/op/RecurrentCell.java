package dev.kiln.op;

/** What one step of a recurrent layer computes; see {@link Recurrent} for the equations. */
public enum RecurrentCell {
  /** A plain recurrent cell with the hyperbolic tangent (Elman 1990). */
  RNN_TANH(1),
  /** A plain recurrent cell with the rectifier. */
  RNN_RELU(1),
  /** Long short-term memory (Hochreiter, Schmidhuber 1997; Gers et al. 2000), gates i f g o. */
  LSTM(4),
  /** Gated recurrent unit (Cho et al. 2014), gates r z n, the reset gate after the product. */
  GRU(3);

  private final int gates;

  RecurrentCell(int gates) {
    this.gates = gates;
  }

  /** Returns how many vectors of the state's size the weights produce in every step. */
  public int gates() {
    return gates;
  }

  /** Returns whether the cell carries a memory {@code c} beside the state {@code h}. */
  public boolean hasMemory() {
    return this == LSTM;
  }
}
