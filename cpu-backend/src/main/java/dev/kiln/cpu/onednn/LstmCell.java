package dev.kiln.cpu.onednn;

/** Long short-term memory: gates i f g o; the extra vector is the memory c. */
record LstmCell() implements CellFunction {

  private static final int INPUT = 0;
  private static final int FORGET = 1;
  private static final int CANDIDATE = 2;
  private static final int OUTPUT = 3;

  @Override
  public void forward(CellTile tile) {
    int count = tile.count;
    VectorFunctions.sigmoid(tile.gates[INPUT], count);
    VectorFunctions.sigmoid(tile.gates[FORGET], count);
    VectorFunctions.tanh(tile.gates[CANDIDATE], count);
    VectorFunctions.sigmoid(tile.gates[OUTPUT], count);
    remember(tile);
    System.arraycopy(tile.extra, 0, tile.state, 0, count);
    VectorFunctions.tanh(tile.state, count);
    VectorFunctions.multiply(tile.state, tile.gates[OUTPUT], count);
  }

  /** {@code c' = f c + i g}. */
  private static void remember(CellTile tile) {
    float[] in = tile.gates[INPUT];
    float[] forget = tile.gates[FORGET];
    float[] candidate = tile.gates[CANDIDATE];
    float[] before = tile.previousExtra;
    float[] memory = tile.extra;
    for (int i = 0; i < tile.count; i++) {
      memory[i] = forget[i] * before[i] + in[i] * candidate[i];
    }
  }

  @Override
  public void backward(CellTile tile) {
    int count = tile.count;
    float[][] gates = tile.gates;
    float[][] dgates = tile.gatesGrad;
    float[] dh = tile.stateGrad;
    float[] dc = tile.extraGrad;
    float[] squashed = tile.state; // tanh(c'), which h' was made of
    System.arraycopy(tile.extra, 0, squashed, 0, count);
    VectorFunctions.tanh(squashed, count);
    addMemoryGrad(dc, dh, gates[OUTPUT], squashed, count);
    VectorFunctions.sigmoidGrad(dgates[INPUT], dc, gates[CANDIDATE], gates[INPUT], count);
    VectorFunctions.sigmoidGrad(dgates[FORGET], dc, tile.previousExtra, gates[FORGET], count);
    VectorFunctions.tanhGrad(dgates[CANDIDATE], dc, gates[INPUT], gates[CANDIDATE], count);
    VectorFunctions.sigmoidGrad(dgates[OUTPUT], dh, squashed, gates[OUTPUT], count);
    VectorFunctions.multiply(dc, gates[FORGET], count);
  }

  /** {@code dc += dh o (1 - tanh(c)^2)}. */
  private static void addMemoryGrad(
      float[] dc, float[] dh, float[] output, float[] squashed, int count) {
    for (int i = 0; i < count; i++) {
      dc[i] += dh[i] * output[i] * (1 - squashed[i] * squashed[i]);
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

  @Override
  public boolean isGated() {
    return true;
  }
}
