package dev.kiln.train;

/**
 * How a network is trained.
 *
 * @param optimizer what turns gradients into updates
 * @param clip how gradients are bounded before
 * @param accumulate over how many batches gradients are averaged before an update, at least 1
 * @param seed of everything random: weights, order of the data, dropout
 */
public record Settings(Optimizer optimizer, Clip clip, int accumulate, long seed) {

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if accumulate is below 1
   */
  public Settings {
    if (accumulate < 1) {
      throw new IllegalArgumentException(
          "gradients are accumulated over at least 1 batch, not " + accumulate);
    }
  }

  /** Returns settings without clipping or accumulation, and with seed 1. */
  public static Settings of(Optimizer optimizer) {
    return new Settings(optimizer, new Clip.None(), 1, 1);
  }

  /** Returns these settings with bounded gradients. */
  public Settings withClip(Clip other) {
    return new Settings(optimizer, other, accumulate, seed);
  }

  /** Returns these settings with gradients averaged over several batches. */
  public Settings withAccumulate(int batches) {
    return new Settings(optimizer, clip, batches, seed);
  }

  /** Returns these settings with another seed. */
  public Settings withSeed(long other) {
    return new Settings(optimizer, clip, accumulate, other);
  }
}
