package dev.kiln.evaluation;

import java.util.OptionalDouble;

/**
 * How probabilities become a class.
 *
 * @param positive of two classes the one that is looked for
 * @param threshold from which probability on the positive one of two classes is predicted; without
 *     it the most probable class is, the lowest among equals
 */
public record Decision(int positive, OptionalDouble threshold) {

  /** Returns the usual decision: the most probable class; of two, the second is looked for. */
  public static Decision mostProbable(int classes) {
    return new Decision(classes == 2 ? 1 : 0, OptionalDouble.empty());
  }

  /** Returns the class predicted for a sample. */
  public int predicted(Outputs.Classes outputs, int sample) {
    if (threshold.isPresent()) {
      boolean reached = outputs.probability(sample, positive) >= threshold.getAsDouble();
      return reached ? positive : 1 - positive;
    }
    int best = 0;
    for (int label = 1; label < outputs.classes(); label++) {
      if (outputs.probability(sample, label) > outputs.probability(sample, best)) {
        best = label;
      }
    }
    return best;
  }
}
