/**
 * The fast CPU backend: oneDNN primitives, created once and called straight through {@link
 * java.lang.foreign}, and parallel loops for the few operations oneDNN has no good primitive for.
 */
@NullMarked
package dev.kiln.cpu.onednn;

import org.jspecify.annotations.NullMarked;
