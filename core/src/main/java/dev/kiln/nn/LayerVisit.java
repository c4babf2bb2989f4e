package dev.kiln.nn;

import dev.kiln.tensor.Shape;

/**
 * A layer at its place in a network, for summaries.
 *
 * @param name its path, such as {@code 3.body.0}; empty for the whole network
 * @param layer the layer
 * @param input the shape it was given
 * @param output the shape it returned
 */
public record LayerVisit(String name, Layer layer, Shape input, Shape output) {}
