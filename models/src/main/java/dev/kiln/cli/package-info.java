/** The {@code kiln} command: training, prediction and everything around them from a shell. */
@NullMarked
package dev.kiln.cli;

import org.jspecify.annotations.NullMarked;
