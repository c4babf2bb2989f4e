/**
 * Proves a backend right: runs cases whose results other, trusted software computed, and compares.
 */
@NullMarked
package dev.kiln.check;

import org.jspecify.annotations.NullMarked;
