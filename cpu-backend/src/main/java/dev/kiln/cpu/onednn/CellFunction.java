package dev.kiln.cpu.onednn;

import dev.kiln.op.RecurrentCell;

/** What a recurrent cell computes besides its products; see {@link dev.kiln.op.Recurrent}. */
interface CellFunction {

  /**
   * Turns {@code gates} (the sum of both products; the input's alone where {@link
   * #separatesRecurrent}) into activated ones, and sets {@code state} and {@code extra}.
   */
  void forward(CellTile tile);

  /**
   * Sets {@code gatesGrad} (and {@code recurrentGrad} where {@link #separatesRecurrent}) from
   * {@code stateGrad} and {@code extraGrad}, and replaces these by what reaches the previous state
   * and extra without passing through the product.
   */
  void backward(CellTile tile);

  /** Returns whether the cell uses the recurrent product apart from the input's. */
  boolean separatesRecurrent();

  /** Returns whether the extra vector carries over from step to step. */
  boolean hasMemory();

  /**
   * Returns whether the gradient is computed from the activated gates and the extra vector, rather
   * than from the state.
   */
  boolean isGated();

  /** Returns the function of a cell. */
  static CellFunction of(RecurrentCell cell) {
    return switch (cell) {
      case RNN_TANH -> new TanhCell();
      case RNN_RELU -> new ReluCell();
      case LSTM -> new LstmCell();
      case GRU -> new GruCell();
    };
  }

  /** The plain recurrent cell with the hyperbolic tangent. */
  record TanhCell() implements CellFunction {

    @Override
    public void forward(CellTile tile) {
      System.arraycopy(tile.gates[0], 0, tile.state, 0, tile.count);
      VectorFunctions.tanh(tile.state, tile.count);
    }

    @Override
    public void backward(CellTile tile) {
      float[] h = tile.state;
      float[] dh = tile.stateGrad;
      float[] dgate = tile.gatesGrad[0];
      for (int i = 0; i < tile.count; i++) {
        dgate[i] = dh[i] * (1 - h[i] * h[i]);
      }
    }

    @Override
    public boolean separatesRecurrent() {
      return false;
    }

    @Override
    public boolean hasMemory() {
      return false;
    }

    @Override
    public boolean isGated() {
      return false;
    }
  }

  /** The plain recurrent cell with the rectifier. */
  record ReluCell() implements CellFunction {

    @Override
    public void forward(CellTile tile) {
      float[] gate = tile.gates[0];
      float[] h = tile.state;
      for (int i = 0; i < tile.count; i++) {
        h[i] = Math.max(gate[i], 0);
      }
    }

    @Override
    public void backward(CellTile tile) {
      float[] h = tile.state;
      float[] dh = tile.stateGrad;
      float[] dgate = tile.gatesGrad[0];
      for (int i = 0; i < tile.count; i++) {
        dgate[i] = h[i] > 0 ? dh[i] : 0;
      }
    }

    @Override
    public boolean separatesRecurrent() {
      return false;
    }

    @Override
    public boolean hasMemory() {
      return false;
    }

    @Override
    public boolean isGated() {
      return false;
    }
  }
}
