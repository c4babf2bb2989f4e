/** Shapes, element types and host-side tensors: what every other package speaks about. */
@NullMarked
package dev.kiln.tensor;

import org.jspecify.annotations.NullMarked;
