package dev.kiln.datasets;

import dev.kiln.data.DataSplit;
import dev.kiln.data.Normalize;

/**
 * A data set ready to train on.
 *
 * @param name its name in the catalogue
 * @param split the parts, already normalized; the same examples in each part every time
 * @param normalization what was applied to them, per channel, for raw inputs still to come; of a
 *     time series, what was applied to every value, the targets too
 */
public record LoadedDataset(String name, DataSplit split, Normalize normalization) {}
