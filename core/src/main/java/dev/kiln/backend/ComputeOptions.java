package dev.kiln.backend;

/**
 * How a backend computes where the user has a choice. What a backend has no choice in it ignores:
 * the CPU backends compute the same bits every time whatever is asked for.
 *
 * @param algorithms how it chooses among several algorithms for one operation
 */
public record ComputeOptions(AlgorithmChoice algorithms) {

  /** What is usual: the fastest algorithms, F32 computed in F32. */
  public static final ComputeOptions DEFAULT = new ComputeOptions(AlgorithmChoice.MEASURED);

  /** Returns these options with another way of choosing algorithms. */
  public ComputeOptions with(AlgorithmChoice choice) {
    return new ComputeOptions(choice);
  }
}
