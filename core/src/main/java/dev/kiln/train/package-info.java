/** Training: optimizers, the loop over epochs and batches, checkpoints, and who may listen. */
@NullMarked
package dev.kiln.train;

import org.jspecify.annotations.NullMarked;
