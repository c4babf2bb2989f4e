/**
 * Looks at what a trained model says of every sample of a data set: its metrics, its predictions,
 * its mistakes.
 */
@NullMarked
package dev.kiln.evaluation;

import org.jspecify.annotations.NullMarked;
