package dev.kiln.nn;

/** What a network is written for: some layers, such as dropout, differ between the two. */
public enum Mode {
  /** Statistics are those of the batch, dropout drops. */
  TRAINING,
  /** Statistics are the running ones, nothing is random. */
  INFERENCE
}
