package dev.kiln.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.backend.Backend;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.Conv2d;
import dev.kiln.op.Embedding;
import dev.kiln.op.LayerNorm;
import dev.kiln.op.MatMul;
import dev.kiln.op.Reduce;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Sums of many numbers of a low type, which must be kept in a longer one: of 1024 times 64, 1024
 * times 1/64, and 1024 times -64. In F16 and BF16 1/64 is lost beside a few of 64, and all of them
 * overflow F16; so a sum that is kept in the low type, or parts of it, is not 16. In F32 every
 * partial sum is exact: none exceeds 2^17, and all are multiples of 2^-6. Therefore the result must
 * be exactly 16, in whatever order it is added up.
 *
 * @param sample the operation
 * @param result which of its results holds nothing but such sums
 */
record LongSums(Sample sample, int result) {

  private static final double SUM = 16;
  private static final int LENGTH = 3072;

  /** Returns every operation that adds up along an axis of any length. */
  static List<LongSums> all() {
    return List.of(
        new LongSums(
            Sample.of(
                "of columns", new Reduce(Reduce.Kind.SUM, List.of(0), false), summands(LENGTH, 3)),
            0),
        new LongSums(
            Sample.of(
                "of a row", new Reduce(Reduce.Kind.SUM, List.of(1), false), summands(1, LENGTH)),
            0),
        new LongSums(
            Sample.of("inner axis", MatMul.PLAIN, ones(1, LENGTH), summands(LENGTH, 1)), 0),
        new LongSums(
            Sample.of("channels", Conv2d.PLAIN, summands(1, LENGTH, 1, 1), ones(1, LENGTH, 1, 1)),
            0),
        filters(0),
        filters(1),
        new LongSums(
            Sample.of(
                "bias",
                new LayerNorm.Grad(new LayerNorm(1, 1e-5)),
                ones(LENGTH, 2),
                ones(2),
                ones(LENGTH),
                ones(LENGTH),
                summands(LENGTH, 2)),
            2),
        new LongSums(
            Sample.of(
                "bias",
                new BatchNorm.Grad(1e-5),
                ones(LENGTH, 2),
                ones(2),
                ones(2),
                ones(2),
                summands(LENGTH, 2)),
            2),
        new LongSums(
            Sample.of(
                "one row",
                new Embedding.Grad(1),
                Operand.of(DType.I64, Domain.below(1), LENGTH),
                summands(LENGTH, 3)),
            0));
  }

  private static LongSums filters(int result) {
    return new LongSums(
        Sample.of(
            result == 0 ? "filters" : "bias",
            new Conv2d.WeightGrad(Conv2d.PLAIN, Shape.of(1, 1, 1, 1), true),
            ones(LENGTH, 1, 1, 1),
            summands(LENGTH, 1, 1, 1)),
        result);
  }

  /** The same numbers in every sum, a third of each along the long axis. */
  private static Operand summands(int... dims) {
    return Operand.of(
        (values, random) -> {
          int third = values.length / 3;
          Arrays.fill(values, 0, third, 64);
          Arrays.fill(values, third, 2 * third, 1.0 / 64);
          Arrays.fill(values, 2 * third, values.length, -64);
        },
        dims);
  }

  private static Operand ones(int... dims) {
    return Operand.of(Domain.cycle(1), dims);
  }

  /** Checks that a backend has every sum exact. */
  void areExact(DType type, Backend backend) {
    assertThat(SampleGraph.forward(sample, type).run(backend).get(result).toDoubleArray())
        .as(sample.name())
        .containsOnly(SUM);
  }
}
