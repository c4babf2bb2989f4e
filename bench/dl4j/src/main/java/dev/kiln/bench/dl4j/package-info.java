/** Deeplearning4j as a process that is measured. */
@NullMarked
package dev.kiln.bench.dl4j;

import org.jspecify.annotations.NullMarked;
