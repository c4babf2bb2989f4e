package dev.kiln.nn;

import dev.kiln.tensor.Shape;

/**
 * A tensor that a network keeps but does not learn by gradients, such as a running mean.
 *
 * @param name the layer's path and the tensor's own name, as PyTorch writes it: {@code
 *     1.running_mean}
 * @param shape its dimensions
 * @param initial every element's first value
 */
public record Statistic(String name, Shape shape, double initial) {}
