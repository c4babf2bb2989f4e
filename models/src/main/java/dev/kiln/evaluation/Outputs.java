package dev.kiln.evaluation;

/** What a model said of each of some samples, in their order. */
public sealed interface Outputs {

  /**
   * The probabilities of classes.
   *
   * @param targets the true class of each sample
   * @param probabilities one row of probabilities per sample, [N, classes] in row-major order
   * @param classes how many classes there are
   */
  record Classes(int[] targets, float[] probabilities, int classes) implements Outputs {

    /** Returns the probability of a class for a sample. */
    public float probability(int sample, int label) {
      return probabilities[sample * classes + label];
    }

    /** Returns how many samples there are. */
    public int size() {
      return targets.length;
    }
  }

  /**
   * Predicted values, in the unit of the data.
   *
   * @param targets the true values, [N, width] in row-major order
   * @param predictions the predicted ones, in the same order
   * @param width how many values a sample has
   */
  record Values(double[] targets, double[] predictions, int width) implements Outputs {

    /** Returns how many samples there are. */
    public int size() {
      return targets.length / width;
    }
  }

  /** A kind of task whose outputs are not kept sample by sample. */
  record None() implements Outputs {}
}
