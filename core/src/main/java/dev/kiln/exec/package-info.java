/** Turns a graph into a plan with a place for every tensor, and runs it step by step. */
@NullMarked
package dev.kiln.exec;

import org.jspecify.annotations.NullMarked;
