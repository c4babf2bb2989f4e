/**
 * Data sets, the readers that make them, and the loader that turns them into batches.
 *
 * <p>A {@link dev.kiln.data.Dataset} gives examples by index, a {@link dev.kiln.data.BatchLoader}
 * shuffles, transforms and batches them one batch ahead of the training step. Every random choice
 * is a function of (seed, epoch, index), so a run can stop anywhere and go on with the same bits.
 */
@NullMarked
package dev.kiln.data;

import org.jspecify.annotations.NullMarked;
