/** How speed and memory grow with batches and depth. */
@NullMarked
package dev.kiln.bench.scaling;

import org.jspecify.annotations.NullMarked;
