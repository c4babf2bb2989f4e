/** The networks that can be trained by name. */
@NullMarked
package dev.kiln.models.zoo;

import org.jspecify.annotations.NullMarked;
