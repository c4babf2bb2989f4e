package dev.kiln.bench.report;

import java.util.List;

/**
 * How a peer's network compares with Kiln's, both trained from the same weights on the same batch.
 *
 * @param losses the loss of each step before its update
 * @param firstDifference the difference from Kiln's loss in the first step, before any update
 * @param largestDifference the largest difference from Kiln's losses in all steps; both differences
 *     are shares of Kiln's first loss
 */
public record Sameness(List<Double> losses, double firstDifference, double largestDifference) {

  /** Rounding differs between frameworks, and so does where Adam's epsilon stands. */
  private static final double FIRST_TOLERANCE = 1e-5;

  private static final double TOLERANCE = 1e-3;

  /** What the losses say. */
  public enum Verdict {
    /** Computes and learns the same. */
    SAME("same"),
    /** Computes the same, but is updated differently. */
    SAME_AT_FIRST("same loss, other updates"),
    /** Computes something else. */
    DIFFERENT("DIFFERENT");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }
  }

  /**
   * Compares losses with Kiln's.
   *
   * @param losses at least one, no more than of Kiln's
   */
  public static Sameness of(List<Double> losses, List<Double> kiln) {
    double largest = 0;
    for (int i = 0; i < losses.size(); i++) {
      largest = Math.max(largest, Math.abs(losses.get(i) - kiln.get(i)));
    }
    double scale = Math.abs(kiln.getFirst());
    double first = Math.abs(losses.getFirst() - kiln.getFirst());
    return new Sameness(List.copyOf(losses), first / scale, largest / scale);
  }

  /** Returns what the losses say. */
  public Verdict verdict() {
    if (firstDifference > FIRST_TOLERANCE) {
      return Verdict.DIFFERENT;
    }
    return largestDifference <= TOLERANCE ? Verdict.SAME : Verdict.SAME_AT_FIRST;
  }

  /** Returns the verdict and the difference after all steps, for people. */
  public String describe() {
    return "%s (%.0e in %d steps)".formatted(verdict().text, largestDifference, losses.size());
  }
}
