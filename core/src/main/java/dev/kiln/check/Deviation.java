package dev.kiln.check;

/**
 * By how much one element of a result misses what was expected.
 *
 * @param tensor the name of the tensor
 * @param index the element, in row-major order
 * @param got the result
 * @param want what was expected
 * @param allowed the error the tolerance allows there
 */
public record Deviation(String tensor, long index, double got, double want, double allowed) {

  /**
   * Returns the error: 0 for equal infinities and where both are not a number, infinite where only
   * one side is finite.
   */
  public double error() {
    if (Double.compare(got, want) == 0) {
      return 0;
    }
    double difference = Math.abs(got - want);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }

  /** Returns the error as a multiple of what is allowed: the result passes up to 1. */
  public double ratio() {
    double error = error();
    // Where infinity or no number is expected, so is what is allowed: nothing else may pass there.
    return error == 0 || Double.isInfinite(error) ? error : error / allowed;
  }

  /** Returns whether the error is allowed. */
  public boolean passes() {
    return ratio() <= 1;
  }

  /** Returns the comparison in words, such as {@code y[3] is 0.5, not 0.25}. */
  @Override
  public String toString() {
    return "%s[%d] is %s, not %s: an error of %.3g, %.3g of what is allowed"
        .formatted(tensor, index, got, want, error(), ratio());
  }
}
