package dev.kiln.metrics;

/** A row of data that no metric can take; the message names the row, its value and the rule. */
public final class InvalidRowException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int row;

  /**
   * Creates the exception.
   *
   * @param row zero-based row within the batch that was being added
   * @param problem the value, the rule it breaks and what to do about it
   */
  InvalidRowException(int row, String problem) {
    super("metrics: row " + row + ": " + problem);
    this.row = row;
  }

  /** Returns the zero-based row within the batch that was being added. */
  public int row() {
    return row;
  }

  /** Checks that a score is a probability. */
  static void requireProbability(int row, double score) {
    if (!(score >= 0 && score <= 1)) {
      throw new InvalidRowException(
          row, "score " + score + " is outside [0, 1]; pass probabilities, not logits");
    }
  }

  /** Checks that a binary label is 0 or 1. */
  static void requireBinaryLabel(int row, int target) {
    if (target != 0 && target != 1) {
      throw new InvalidRowException(row, "label " + target + " is neither 0 nor 1");
    }
  }

  /** Checks that a class label is in [0, classes). */
  static void requireClass(int row, int label, int classes) {
    if (label < 0 || label >= classes) {
      throw new InvalidRowException(
          row, "label " + label + " is outside the " + classes + " classes [0, " + classes + ")");
    }
  }

  /** Checks that a number is finite. */
  static void requireFinite(int row, String name, double value) {
    if (!Double.isFinite(value)) {
      throw new InvalidRowException(row, name + " " + value + " is not finite");
    }
  }

  /** Checks that two parallel arrays have the lengths that belong together. */
  static void requireSameLength(String first, int firstLength, String second, int secondLength) {
    if (firstLength != secondLength) {
      int row = Math.min(firstLength, secondLength);
      throw new InvalidRowException(
          row,
          "lengths differ: " + firstLength + " " + first + " but " + secondLength + " " + second);
    }
  }
}
