package dev.kiln.bench.report;

/**
 * How it is measured.
 *
 * @param threads the threads of every peer
 * @param seconds the length of a turn
 * @param rounds how often each peer has its turn
 * @param patience how long to wait, in seconds, for a turn in which other programs rest
 */
public record Conditions(int threads, double seconds, int rounds, double patience) {

  /**
   * Checks the conditions.
   *
   * @throws IllegalArgumentException if one is not positive, or the patience is negative
   */
  public Conditions {
    if (threads < 1 || !(seconds > 0) || rounds < 1 || !(patience >= 0)) {
      throw new IllegalArgumentException(
          "threads, rounds and the seconds of a turn must be positive, and patience not negative; they are %d, %d, %s and %s"
              .formatted(threads, rounds, seconds, patience));
    }
  }
}
