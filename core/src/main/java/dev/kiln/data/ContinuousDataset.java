package dev.kiln.data;

/**
 * Data that go on from one example to the next, such as the windows of a text. A network that
 * carries its state from batch to batch must read them in order: each row of a batch goes on where
 * the same row of the batch before ended.
 */
public interface ContinuousDataset extends Dataset {

  /**
   * Returns the examples in the order that batches of so many rows need, all batches full.
   *
   * @param rows how many streams are read side by side, at least 1
   * @throws IllegalArgumentException if the data are too short for so many rows
   */
  Dataset inRows(int rows);
}
