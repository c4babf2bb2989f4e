package dev.kiln.check;

import dev.kiln.backend.Backend;
import dev.kiln.tensor.Tensor;
import java.util.Map;

/** How the results of one kind of case are computed. */
@FunctionalInterface
interface Procedure {

  /**
   * Computes what a case expects.
   *
   * @return the results by name: {@code out.NAME} and {@code grad.NAME}
   * @throws UnknownOperationException if the build does not know what the case is about
   * @throws IllegalArgumentException if the case makes no sense
   */
  Map<String, Tensor> compute(Backend backend, GoldenCase golden);
}
