/**
 * The command {@code kiln bench}: what training costs, measured, on Kiln and on other frameworks.
 */
@NullMarked
package dev.kiln.bench;

import org.jspecify.annotations.NullMarked;
