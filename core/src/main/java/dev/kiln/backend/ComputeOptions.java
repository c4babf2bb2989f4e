package dev.kiln.backend;

import java.util.stream.Collectors;

/**
 * How a backend computes where the user has a choice. An algorithm that a backend has no choice in
 * it ignores: the CPU backends compute the same bits every time whatever is asked for. A precision
 * that it does not offer it refuses.
 *
 * @param algorithms how it chooses among several algorithms for one operation
 * @param precision how exactly networks are computed
 */
public record ComputeOptions(AlgorithmChoice algorithms, Precision precision) {

  /** What is usual: the fastest algorithms, F32 computed in F32. */
  public static final ComputeOptions DEFAULT =
      new ComputeOptions(AlgorithmChoice.MEASURED, Precision.FLOAT32);

  /** Returns these options with another way of choosing algorithms. */
  public ComputeOptions with(AlgorithmChoice choice) {
    return new ComputeOptions(choice, precision);
  }

  /** Returns these options with another precision. */
  public ComputeOptions with(Precision other) {
    return new ComputeOptions(algorithms, other);
  }

  /**
   * Refuses a precision that a backend does not offer.
   *
   * @throws BackendUnavailableException naming the backend and what it offers
   */
  public void requireOfferedBy(BackendProvider provider) {
    if (!provider.precisions().contains(precision)) {
      throw new BackendUnavailableException(
          "backend '%s' does not compute in %s; it offers %s"
              .formatted(
                  provider.name(),
                  precision,
                  provider.precisions().stream()
                      .map(Precision::toString)
                      .collect(Collectors.joining(", "))));
    }
  }
}
