/** Networks, data sets and the {@code kiln} command. */
@NullMarked
package dev.kiln.models;

import org.jspecify.annotations.NullMarked;
