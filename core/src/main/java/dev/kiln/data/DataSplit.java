package dev.kiln.data;

/**
 * What a network learns from, what decides when to stop, and what judges it in the end.
 *
 * @param train the examples to learn from
 * @param validation the examples that choose between epochs and settings
 * @param test the examples looked at once, at the end
 */
public record DataSplit(Dataset train, Dataset validation, Dataset test) {}
