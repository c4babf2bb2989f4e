package dev.kiln.nn;

import dev.kiln.tensor.Shape;

/** What an initialization keeps at the same scale: the values going forward or the gradients. */
public enum Fan {
  /** How many inputs each output sums over; keeps the scale of the values. */
  IN,
  /** How many outputs each input reaches; keeps the scale of the gradients. */
  OUT;

  /**
   * Returns the fan of a weight as PyTorch counts it.
   *
   * @param weight [out, in] or [out, in, kernel...]
   * @throws IllegalArgumentException if the weight has fewer than two dimensions
   */
  public long of(Shape weight) {
    if (weight.rank() < 2) {
      throw new IllegalArgumentException(
          "only a weight [out, in, ...] has a fan, not one of the shape %s; initialize it by uniform, normal or constant"
              .formatted(weight));
    }
    long kernel = weight.elements(2, weight.rank());
    return switch (this) {
      case IN -> weight.dim(1) * kernel;
      case OUT -> weight.dim(0) * kernel;
    };
  }
}
