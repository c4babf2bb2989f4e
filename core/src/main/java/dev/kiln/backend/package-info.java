/**
 * What a backend must be able to do: lower a graph to what it runs best, compile operations, hold
 * memory and copy into and out of it. Backends are found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package dev.kiln.backend;

import org.jspecify.annotations.NullMarked;
