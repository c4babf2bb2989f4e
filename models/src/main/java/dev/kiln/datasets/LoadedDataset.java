package dev.kiln.datasets;

import dev.kiln.data.DataSplit;
import dev.kiln.models.task.Task;

/**
 * A data set ready to train on.
 *
 * @param name its name in the catalogue
 * @param split the parts, already normalized; the same examples in each part every time
 * @param task the problem it poses, with all that is needed to take raw samples still to come
 */
public record LoadedDataset(String name, DataSplit split, Task task) {}
