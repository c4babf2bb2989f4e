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

  /**
   * Returns the logarithm of the probability that the softmax of one row of logits gives a class.
   *
   * @param logits the logits, [N, classes] in row-major order
   * @param classes how many there are
   * @param row the row
   * @param label the class
   */
  public static double logarithm(float[] logits, int classes, int row, int label) {
    int from = row * classes;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + classes; i++) {
      largest = Math.max(largest, logits[i]);
    }
    double sum = 0;
    for (int i = from; i < from + classes; i++) {
      sum += Math.exp(logits[i] - largest);
    }
    return Math.min(0, logits[from + label] - largest - Math.log(sum));
  }
}
