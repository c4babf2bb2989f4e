/** The guard against getting slower. */
@NullMarked
package dev.kiln.bench.guard;

import org.jspecify.annotations.NullMarked;
