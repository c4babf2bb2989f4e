package dev.kiln.testkit;

import java.util.List;
import java.util.stream.Stream;

/**
 * The table of samples: every operation with every attribute that changes what it does, in ordinary
 * and awkward sizes (1, 13, 129).
 */
public final class OpSamples {

  private OpSamples() {}

  /** Returns all samples. */
  public static List<Sample> all() {
    return Stream.of(
            ElementwiseSamples.all(),
            ArithmeticSamples.all(),
            ContractionSamples.all(),
            PoolingSamples.all(),
            ReductionSamples.all(),
            ClassificationSamples.all(),
            NormalizationSamples.all(),
            MovementSamples.all(),
            RecurrentSamples.all(),
            OptimizerSamples.all(),
            GuardSamples.all())
        .flatMap(List::stream)
        .toList();
  }
}
