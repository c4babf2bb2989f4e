/**
 * What can be computed: every operation as an immutable {@link dev.kiln.op.OpSpec} with its
 * attributes, its only shape rule and its gradient rule. How it is computed is each backend's
 * business.
 */
@NullMarked
package dev.kiln.op;

import org.jspecify.annotations.NullMarked;
