/**
 * Evaluation metrics with exact, mergeable accumulators: classification, regression and sequences.
 *
 * <p>An {@link dev.kiln.metrics.Accumulator} takes rows batch by batch and gives an immutable
 * {@link dev.kiln.metrics.Evaluation}; its values do not depend on how the rows were split, ordered
 * or spread over workers, to the last bit. A {@link dev.kiln.metrics.Metric} names one value and
 * says which direction is better. Nothing here depends on the rest of the framework.
 */
@NullMarked
package dev.kiln.metrics;

import org.jspecify.annotations.NullMarked;
