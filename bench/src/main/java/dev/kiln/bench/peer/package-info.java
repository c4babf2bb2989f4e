/**
 * What is measured: each framework in a process of its own, and how it is started and talked to.
 */
@NullMarked
package dev.kiln.bench.peer;

import org.jspecify.annotations.NullMarked;
