/** Small networks computed by the framework and explained step by step. */
@NullMarked
package dev.kiln.models.explain;

import org.jspecify.annotations.NullMarked;
