/**
 * The catalogue of data sets: what there is, where it is looked for, how to get it, and how it is
 * split and scaled.
 *
 * <p>{@link dev.kiln.datasets.Catalogue} lists the entries; loading one gives training, validation
 * and test examples, always the same ones.
 */
@NullMarked
package dev.kiln.datasets;

import org.jspecify.annotations.NullMarked;
