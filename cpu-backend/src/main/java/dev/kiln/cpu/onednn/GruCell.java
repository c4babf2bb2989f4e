package dev.kiln.cpu.onednn;

/** The gated recurrent unit: gates r z n; the extra vector is the recurrent product for n. */
record GruCell() implements CellFunction {

  private static final int RESET = 0;
  private static final int UPDATE = 1;
  private static final int CANDIDATE = 2;

  @Override
  public void forward(CellTile tile) {
    int count = tile.count;
    float[][] gates = tile.gates;
    float[][] recurrent = tile.recurrent;
    VectorFunctions.add(gates[RESET], recurrent[RESET], count);
    VectorFunctions.sigmoid(gates[RESET], count);
    VectorFunctions.add(gates[UPDATE], recurrent[UPDATE], count);
    VectorFunctions.sigmoid(gates[UPDATE], count);
    VectorFunctions.addProduct(gates[CANDIDATE], gates[RESET], recurrent[CANDIDATE], count);
    VectorFunctions.tanh(gates[CANDIDATE], count);
    System.arraycopy(recurrent[CANDIDATE], 0, tile.extra, 0, count);
    mix(tile.state, gates[CANDIDATE], gates[UPDATE], tile.previousState, count);
  }

  /** {@code h' = (1 - z) n + z h}. */
  private static void mix(
      float[] state, float[] candidate, float[] update, float[] before, int count) {
    for (int i = 0; i < count; i++) {
      state[i] = candidate[i] + update[i] * (before[i] - candidate[i]);
    }
  }

  @Override
  public void backward(CellTile tile) {
    int count = tile.count;
    float[][] gates = tile.gates;
    float[][] dgates = tile.gatesGrad;
    float[][] drecurrent = tile.recurrentGrad;
    candidateGrad(dgates[CANDIDATE], tile.stateGrad, gates[UPDATE], gates[CANDIDATE], count);
    VectorFunctions.sigmoidGrad(dgates[RESET], dgates[CANDIDATE], tile.extra, gates[RESET], count);
    float[] difference = tile.state;
    subtract(difference, tile.previousState, gates[CANDIDATE], count);
    VectorFunctions.sigmoidGrad(dgates[UPDATE], tile.stateGrad, difference, gates[UPDATE], count);
    System.arraycopy(dgates[RESET], 0, drecurrent[RESET], 0, count);
    System.arraycopy(dgates[UPDATE], 0, drecurrent[UPDATE], 0, count);
    System.arraycopy(dgates[CANDIDATE], 0, drecurrent[CANDIDATE], 0, count);
    VectorFunctions.multiply(drecurrent[CANDIDATE], gates[RESET], count);
    VectorFunctions.multiply(tile.stateGrad, gates[UPDATE], count);
  }

  /** {@code dn = dh (1 - z) (1 - n^2)}. */
  private static void candidateGrad(
      float[] dn, float[] dh, float[] update, float[] candidate, int count) {
    for (int i = 0; i < count; i++) {
      dn[i] = dh[i] * (1 - update[i]) * (1 - candidate[i] * candidate[i]);
    }
  }

  private static void subtract(float[] difference, float[] x, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      difference[i] = x[i] - y[i];
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

  @Override
  public boolean isGated() {
    return true;
  }
}
