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

  /** Returns the function of a cell. */
  static CellFunction of(RecurrentCell cell) {
    return switch (cell) {
      case RNN_TANH -> new Plain(true);
      case RNN_RELU -> new Plain(false);
      case LSTM -> new Lstm();
      case GRU -> new Gru();
    };
  }

  /** The plain recurrent cell, with the hyperbolic tangent or the rectifier. */
  record Plain(boolean tanh) implements CellFunction {

    @Override
    public void forward(CellTile tile) {
      float[] h = tile.state;
      System.arraycopy(tile.gates, 0, h, 0, tile.hidden);
      if (tanh) {
        VectorFunctions.tanh(h, 0, tile.hidden);
      } else {
        for (int i = 0; i < tile.hidden; i++) {
          h[i] = Math.max(h[i], 0);
        }
      }
    }

    @Override
    public void backward(CellTile tile) {
      float[] h = tile.state;
      float[] dh = tile.stateGrad;
      float[] dgate = tile.gatesGrad;
      for (int i = 0; i < tile.hidden; i++) {
        dgate[i] = tanh ? dh[i] * (1 - h[i] * h[i]) : h[i] > 0 ? dh[i] : 0;
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
  }

  /** Long short-term memory: gates i f g o; the extra vector is the memory c. */
  record Lstm() implements CellFunction {

    @Override
    public void forward(CellTile tile) {
      int n = tile.hidden;
      float[] gates = tile.gates;
      float[] before = tile.previousExtra;
      float[] c = tile.extra;
      float[] h = tile.state;
      VectorFunctions.sigmoid(gates, 0, 2 * n);
      VectorFunctions.tanh(gates, 2 * n, 3 * n);
      VectorFunctions.sigmoid(gates, 3 * n, 4 * n);
      for (int i = 0; i < n; i++) {
        float memory = gates[n + i] * before[i] + gates[i] * gates[2 * n + i];
        c[i] = memory;
        h[i] = memory;
      }
      VectorFunctions.tanh(h, 0, n);
      for (int i = 0; i < n; i++) {
        h[i] *= gates[3 * n + i];
      }
    }

    @Override
    public void backward(CellTile tile) {
      int n = tile.hidden;
      float[] gates = tile.gates;
      float[] before = tile.previousExtra;
      float[] squashed = tile.state;
      float[] dh = tile.stateGrad;
      float[] dc = tile.extraGrad;
      float[] dgates = tile.gatesGrad;
      System.arraycopy(tile.extra, 0, squashed, 0, n);
      VectorFunctions.tanh(squashed, 0, n);
      for (int i = 0; i < n; i++) {
        float in = gates[i];
        float forget = gates[n + i];
        float candidate = gates[2 * n + i];
        float out = gates[3 * n + i];
        float ct = squashed[i];
        float dmemory = dc[i] + dh[i] * out * (1 - ct * ct);
        dgates[i] = dmemory * candidate * in * (1 - in);
        dgates[n + i] = dmemory * before[i] * forget * (1 - forget);
        dgates[2 * n + i] = dmemory * in * (1 - candidate * candidate);
        dgates[3 * n + i] = dh[i] * ct * out * (1 - out);
        dc[i] = dmemory * forget;
      }
    }

    @Override
    public boolean separatesRecurrent() {
      return false;
    }

    @Override
    public boolean hasMemory() {
      return true;
    }
  }

  /** The gated recurrent unit: gates r z n; the extra vector is the recurrent product for n. */
  record Gru() implements CellFunction {

    @Override
    public void forward(CellTile tile) {
      int n = tile.hidden;
      float[] gates = tile.gates;
      float[] recurrent = tile.recurrent;
      float[] before = tile.previousState;
      float[] product = tile.extra;
      float[] h = tile.state;
      for (int i = 0; i < 2 * n; i++) {
        gates[i] += recurrent[i];
      }
      VectorFunctions.sigmoid(gates, 0, 2 * n);
      for (int i = 0; i < n; i++) {
        product[i] = recurrent[2 * n + i];
        gates[2 * n + i] += gates[i] * recurrent[2 * n + i];
      }
      VectorFunctions.tanh(gates, 2 * n, 3 * n);
      for (int i = 0; i < n; i++) {
        float candidate = gates[2 * n + i];
        h[i] = candidate + gates[n + i] * (before[i] - candidate);
      }
    }

    @Override
    public void backward(CellTile tile) {
      int n = tile.hidden;
      float[] gates = tile.gates;
      float[] before = tile.previousState;
      float[] product = tile.extra;
      float[] dh = tile.stateGrad;
      float[] dgates = tile.gatesGrad;
      float[] drecurrent = tile.recurrentGrad;
      for (int i = 0; i < n; i++) {
        float reset = gates[i];
        float update = gates[n + i];
        float candidate = gates[2 * n + i];
        float dcandidate = dh[i] * (1 - update) * (1 - candidate * candidate);
        float dreset = dcandidate * product[i] * reset * (1 - reset);
        float dupdate = dh[i] * (before[i] - candidate) * update * (1 - update);
        dgates[i] = dreset;
        dgates[n + i] = dupdate;
        dgates[2 * n + i] = dcandidate;
        drecurrent[i] = dreset;
        drecurrent[n + i] = dupdate;
        drecurrent[2 * n + i] = dcandidate * reset;
        dh[i] *= update;
      }
    }

    @Override
    public boolean separatesRecurrent() {
      return true;
    }

    @Override
    public boolean hasMemory() {
      return false;
    }
  }
}
