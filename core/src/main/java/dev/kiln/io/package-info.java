/** Writing files so that they are whole or absent, whatever happens meanwhile. */
@NullMarked
package dev.kiln.io;

import org.jspecify.annotations.NullMarked;
