package dev.kiln.testkit;

import dev.kiln.op.WhereFinite;
import java.util.ArrayList;
import java.util.List;

/** Samples of values that are taken or left as a guard says. */
final class GuardSamples {

  private GuardSamples() {}

  private static final List<Double> GUARDS =
      List.of(0.0, -2.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    for (double guard : GUARDS) {
      samples.add(sample(guard));
      samples.add(sample(guard, 13));
      samples.add(sample(guard, 3, 129));
      samples.add(sample(guard, 70_001));
    }
    samples.add(
        Sample.of(
            "next is no number either",
            new WhereFinite(),
            Operand.of(Domain.cycle(Double.NaN)).constant(),
            Operand.of(Domain.cycle(1, Double.NaN), 13).constant(),
            Operand.normal(13).constant()));
    return samples;
  }

  private static Sample sample(double guard, int... dims) {
    return Sample.of(
        "guard %s of %d dimensions, %s elements"
            .formatted(guard, dims.length, dims.length == 0 ? "1" : dims[dims.length - 1]),
        new WhereFinite(),
        Operand.of(Domain.cycle(guard)).constant(),
        Operand.normal(dims).constant(),
        Operand.normal(dims).constant());
  }
}
