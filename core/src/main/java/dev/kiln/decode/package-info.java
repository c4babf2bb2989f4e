/**
 * Making sequences with a model that says which token is likely to come next: greedy, beam search,
 * sampling.
 */
@NullMarked
package dev.kiln.decode;

import org.jspecify.annotations.NullMarked;
