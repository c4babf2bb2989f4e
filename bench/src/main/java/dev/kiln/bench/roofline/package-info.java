/** How far each node of a training step is from what the machine can do. */
@NullMarked
package dev.kiln.bench.roofline;

import org.jspecify.annotations.NullMarked;
