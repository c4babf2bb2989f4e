package dev.kiln.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * How a peer's network compares with Kiln's, both trained from the same weights on the same batch.
 *
 * @param losses the loss of each step before its update
 * @param largestDifference the largest relative difference from Kiln's losses
 */
public record Sameness(List<Double> losses, double largestDifference) {

  /** Rounding differs between frameworks, and ten updates let it grow. */
  private static final double TOLERANCE = 1e-3;

  /** Compares losses with Kiln's. */
  public static Sameness of(List<Double> losses, List<Double> kiln) {
    double largest = 0;
    for (int i = 0; i < losses.size(); i++) {
      largest = Math.max(largest, Math.abs(losses.get(i) - kiln.get(i)) / Math.abs(kiln.get(i)));
    }
    return new Sameness(List.copyOf(losses), largest);
  }

  /** Returns whether the losses agree. */
  public boolean agrees() {
    return largestDifference <= TOLERANCE;
  }

  /** Returns the verdict for people. */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%s, losses of %d steps differ by up to %.0e",
        agrees() ? "same" : "NOT THE SAME",
        losses.size(),
        largestDifference);
  }
}
