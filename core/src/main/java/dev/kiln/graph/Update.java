package dev.kiln.graph;

import dev.kiln.op.Value;

/**
 * A held tensor and what it becomes at the end of a step.
 *
 * @param variable one of the graph's variables
 * @param next its next value, which some node computes in the variable's memory
 */
public record Update(Value variable, Value next) {}
