package dev.kiln.metrics;

/** Turns what a classifier says into probabilities. */
public final class Probabilities {

  private Probabilities() {}

  /**
   * Turns logits [N, classes] into probabilities in place, by the softmax of each row.
   *
   * @return the same array
   */
  public static float[] ofLogits(float[] logits, int classes) {
    for (int row = 0; row < logits.length; row += classes) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int i = row; i < row + classes; i++) {
        largest = Math.max(largest, logits[i]);
      }
      double sum = 0;
      for (int i = row; i < row + classes; i++) {
        sum += Math.exp(logits[i] - largest);
      }
      for (int i = row; i < row + classes; i++) {
        logits[i] = (float) (Math.exp(logits[i] - largest) / sum);
      }
    }
    return logits;
  }
}
