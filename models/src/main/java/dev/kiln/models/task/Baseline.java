package dev.kiln.models.task;

import dev.kiln.metrics.Evaluation;

/**
 * How good a simple method is that a network must beat.
 *
 * @param name what it is, such as {@code letter frequencies}
 * @param evaluation its metrics, on the same samples as the network's
 */
public record Baseline(String name, Evaluation evaluation) {}
