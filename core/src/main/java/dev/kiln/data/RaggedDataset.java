package dev.kiln.data;

/** Sequences of different lengths, padded to one number of steps. */
public interface RaggedDataset extends Dataset {

  /** Returns how many steps an example has before its padding. */
  int length(int index);

  /**
   * Returns these examples padded to another number of steps; only those that are not longer may be
   * read.
   */
  Dataset truncatedTo(int steps);
}
