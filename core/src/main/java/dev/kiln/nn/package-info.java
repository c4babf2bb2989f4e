/**
 * Layers, and networks made of them. A layer is a function that writes operations into a graph;
 * what it learns are parameters it asks its {@link dev.kiln.nn.Scope} for. Names follow PyTorch, so
 * that its state dicts load.
 */
@NullMarked
package dev.kiln.nn;

import org.jspecify.annotations.NullMarked;
