package dev.kiln.nn;

import dev.kiln.tensor.Shape;

/**
 * A part of the flat tensor of all parameters that operations see as one tensor: a single
 * parameter, or a group.
 *
 * @param offset its first element
 * @param shape its dimensions
 */
public record ParameterBlock(long offset, Shape shape) {}
