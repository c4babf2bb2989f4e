package dev.kiln.nn;

import dev.kiln.tensor.Shape;

/**
 * A learned tensor of a network.
 *
 * @param name the layer's path and the tensor's own name, as PyTorch writes it: {@code 0.weight}
 * @param shape its dimensions
 * @param initializer how its first values are drawn
 * @param offset its first element in the flat tensor of all parameters
 */
public record Parameter(String name, Shape shape, Initializer initializer, long offset) {

  /** Returns the number of elements. */
  public long elements() {
    return shape.elements();
  }
}
