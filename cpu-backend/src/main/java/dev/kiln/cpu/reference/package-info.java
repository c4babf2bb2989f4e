/**
 * The definition of every operation, in plain Java on one thread: readable before it is fast,
 * single or double precision, sums in double precision. Other backends are tested against it, and
 * it runs wherever there is no other.
 */
@NullMarked
package dev.kiln.cpu.reference;

import org.jspecify.annotations.NullMarked;
