package dev.kiln.backend;

/** How a backend chooses among several algorithms for one operation, such as a convolution. */
public enum AlgorithmChoice {
  /**
   * Tries them once and takes the fastest. Within a process an operation keeps its algorithm;
   * another process may measure otherwise, and then compute other bits.
   */
  MEASURED,
  /**
   * Tries nothing: for the same operation, device and libraries it is always the same algorithm,
   * one that computes the same bits every time.
   */
  FIXED
}
