package dev.kiln.nn;

import dev.kiln.op.Value;

/**
 * What a model makes of a batch.
 *
 * @param loss the scalar to be minimized
 * @param predictions what metrics look at, the batch first: logits or numbers
 */
public record Outcome(Value loss, Value predictions) {}
