package dev.kiln.bench.roofline;

import dev.kiln.backend.Backend;

/**
 * What a machine can do at best (Williams, Waterman, Patterson: "Roofline", CACM 2009).
 *
 * @param operationsPerSecond the backend's own rate of a large matrix product
 * @param bytesPerSecond what moves between memory and processors
 */
public record Roof(double operationsPerSecond, double bytesPerSecond) {

  /**
   * Measures this machine.
   *
   * @param backend whose product is taken
   * @param threads how many threads move memory
   */
  public static Roof measure(Backend backend, int threads) throws InterruptedException {
    return new Roof(MatrixProduct.bestRate(backend), MemoryBandwidth.best(threads));
  }

  /** Returns both for people. */
  public String describe() {
    return "matrix product %.0f GFLOP/s, memory %.1f GB/s"
        .formatted(operationsPerSecond / 1e9, bytesPerSecond / 1e9);
  }
}
