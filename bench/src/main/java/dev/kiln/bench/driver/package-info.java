/**
 * The side of a measured process: a framework behind a protocol of lines. Uses nothing but the JDK.
 */
@NullMarked
package dev.kiln.bench.driver;

import org.jspecify.annotations.NullMarked;
