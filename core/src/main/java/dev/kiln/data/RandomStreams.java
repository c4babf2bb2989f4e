package dev.kiln.data;

/**
 * The {@link dev.kiln.tensor.Philox} streams of this package. They lie far above the small numbers
 * that layers count up from, so that data and network draw independently from one seed.
 */
final class RandomStreams {

  /** The order of an epoch; the step is the epoch. */
  static final int SHUFFLE = 0x53485546;

  /** The order of batches that are filled from buckets; the step is the epoch. */
  static final int BUCKETS = 0x4255434b;

  /** Who goes into which split; the step is 0, or the class for a stratified split. */
  static final int SPLIT = 0x53504c54;

  /** The first transform; later ones count up. The step is the epoch, the block the example. */
  static final int TRANSFORM = 0x41554700;

  private RandomStreams() {}
}
