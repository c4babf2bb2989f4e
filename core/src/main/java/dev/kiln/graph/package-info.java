/** Networks of operations as data, how to write them down, and how to differentiate them. */
@NullMarked
package dev.kiln.graph;

import org.jspecify.annotations.NullMarked;
