package dev.kiln.train;

/** Thrown when a training does not compute the same bits when it is made again. */
public final class NotRepeatableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param step the first step after which something differs, from 1
   * @param seed what both runs began from
   * @param what the first thing that differs
   */
  public NotRepeatableException(int step, long seed, String what) {
    super(
        ("two runs from seed %d do not compute the same bits: after step %d the first difference is"
                + " in %s. This backend breaks its promise here; train on another one and please"
                + " report it")
            .formatted(seed, step, what));
  }
}
