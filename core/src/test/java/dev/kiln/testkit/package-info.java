/**
 * What every backend is tested with: one table of samples of every operation, and the contract that
 * a backend joins with a subclass of a few lines.
 */
@NullMarked
package dev.kiln.testkit;

import org.jspecify.annotations.NullMarked;
