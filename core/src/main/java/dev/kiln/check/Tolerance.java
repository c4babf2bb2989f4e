package dev.kiln.check;

import dev.kiln.tensor.Tensor;

/**
 * How far a result may be from what is expected: {@code |got - want| <= absolute + relative *
 * |want|}, elementwise.
 *
 * @param relative the allowed error as a fraction of the expected value
 * @param absolute the allowed error near zero
 */
public record Tolerance(double relative, double absolute) {

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if one is negative or not finite, or both are zero
   */
  public Tolerance {
    if (!(relative >= 0 && absolute >= 0 && relative + absolute > 0)
        || !Double.isFinite(relative + absolute)) {
      throw new IllegalArgumentException(
          "a tolerance must be finite, not negative and not zero, but got relative %s, absolute %s"
              .formatted(relative, absolute));
    }
  }

  /** Returns the error allowed where {@code want} is expected. */
  public double allowed(double want) {
    return absolute + relative * Math.abs(want);
  }

  /**
   * Compares two tensors of one shape, whatever their element types, and returns the element that
   * uses up most of what is allowed.
   *
   * @param name what the tensor is called in messages
   * @throws IllegalArgumentException if the shapes differ
   */
  public Deviation worst(String name, Tensor got, Tensor want) {
    if (!got.shape().equals(want.shape())) {
      throw new IllegalArgumentException(
          "%s has the shape %s, but %s is expected".formatted(name, got.shape(), want.shape()));
    }
    Deviation worst = deviation(name, 0, got, want);
    for (long i = 1; i < want.elements(); i++) {
      Deviation next = deviation(name, i, got, want);
      if (next.ratio() > worst.ratio()) {
        worst = next;
      }
    }
    return worst;
  }

  private Deviation deviation(String name, long index, Tensor got, Tensor want) {
    return new Deviation(name, index, got.get(index), want.get(index), allowed(want.get(index)));
  }
}
