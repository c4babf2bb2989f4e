package dev.kiln.testkit;

import dev.kiln.op.Reduce;
import java.util.ArrayList;
import java.util.List;

/** Samples of sums and means. */
final class ReductionSamples {

  private ReductionSamples() {}

  /** Some axes of a shape. */
  private record Over(String name, List<Integer> axes, int... dims) {}

  private static final List<Over> REDUCTIONS =
      List.of(
          new Over("the middle", List.of(1), 3, 4, 5),
          new Over("the outer axes", List.of(0, 2), 3, 4, 5),
          new Over("everything", List.of(0, 1, 2), 3, 4, 5),
          new Over("axes in another order", List.of(2, 0), 3, 4, 5),
          new Over("nothing", List.of(), 3, 4),
          new Over("a scalar", List.of()),
          new Over("[1]", List.of(0), 1),
          new Over("rows of 129", List.of(1), 13, 129),
          new Over("columns of 129", List.of(0), 129, 13),
          new Over("129 planes of 13x13", List.of(0, 1), 13, 13, 129),
          new Over("batch and plane", List.of(0, 2, 3), 2, 3, 5, 4),
          new Over("planes", List.of(2, 3), 2, 3, 5, 4),
          new Over("more elements than a core's share", List.of(0, 1), 129, 1029));

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (Reduce.Kind kind : Reduce.Kind.values()) {
      for (Over over : REDUCTIONS) {
        for (boolean keepDims : List.of(false, true)) {
          samples.add(
              Sample.of(
                      "%s of %s%s".formatted(kind, over.name, keepDims ? ", axes kept" : ""),
                      new Reduce(kind, over.axes, keepDims),
                      Operand.normal(over.dims))
                  .within(1e-4, 5e-4));
        }
      }
    }
    return samples;
  }
}
