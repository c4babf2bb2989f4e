package dev.kiln.report;

/**
 * A layer in the summary of a model.
 *
 * @param name the path by which its parameters are named
 * @param kind what it is, with its settings
 * @param output the shape of what it returns
 * @param parameters how many numbers it learns
 */
public record LayerRow(String name, String kind, String output, long parameters) {}
