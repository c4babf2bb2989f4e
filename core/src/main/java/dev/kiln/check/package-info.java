/**
 * Proves a backend right on the machine it runs on: golden cases hold results that other, trusted
 * software computed; every backend must reproduce them, forward and gradients.
 */
@NullMarked
package dev.kiln.check;

import org.jspecify.annotations.NullMarked;
