package dev.kiln.testkit;

import dev.kiln.op.Broadcast;
import dev.kiln.op.Cast;
import dev.kiln.op.Concat;
import dev.kiln.op.Embedding;
import dev.kiln.op.Fill;
import dev.kiln.op.OneHot;
import dev.kiln.op.Pack;
import dev.kiln.op.Reshape;
import dev.kiln.op.Slice;
import dev.kiln.op.Transpose;
import dev.kiln.op.View;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Samples of operations that move, repeat, convert or look up elements. */
final class MovementSamples {

  private MovementSamples() {}

  static List<Sample> all() {
    List<Sample> samples = new ArrayList<>();
    samples.addAll(axes());
    samples.addAll(ranges());
    samples.addAll(flat());
    samples.addAll(conversions());
    samples.addAll(lookups());
    return samples;
  }

  private static List<Sample> axes() {
    return List.of(
        Sample.of("[2, 3, 4] to [6, 4]", new Reshape(Shape.of(6, 4)), Operand.normal(2, 3, 4)),
        Sample.of("[1] to scalar", new Reshape(Shape.SCALAR), Operand.normal(1)),
        Sample.of("[13] to [1, 13, 1]", new Reshape(Shape.of(1, 13, 1)), Operand.normal(13)),
        Sample.of("[3, 4]", new Transpose(List.of(1, 0)), Operand.normal(3, 4)),
        Sample.of("[13, 129]", new Transpose(List.of(1, 0)), Operand.normal(13, 129)),
        Sample.of("nothing", new Transpose(List.of(0, 1)), Operand.normal(3, 4)),
        Sample.of("scalar", new Transpose(List.of()), Operand.normal()),
        Sample.of("a cycle of three", new Transpose(List.of(2, 0, 1)), Operand.normal(2, 3, 5)),
        Sample.of("channels last", new Transpose(List.of(0, 2, 3, 1)), Operand.normal(2, 3, 4, 5)),
        Sample.of("[1] to [129]", new Broadcast(Shape.of(129)), Operand.normal(1)),
        Sample.of("scalar to [3, 4]", new Broadcast(Shape.of(3, 4)), Operand.normal()),
        Sample.of("rows", new Broadcast(Shape.of(13, 5)), Operand.normal(5)),
        Sample.of("columns", new Broadcast(Shape.of(3, 13)), Operand.normal(3, 1)),
        Sample.of("both ends", new Broadcast(Shape.of(2, 3, 4)), Operand.normal(1, 3, 1)),
        Sample.of("nothing", new Broadcast(Shape.of(2, 3)), Operand.normal(2, 3)));
  }

  private static List<Sample> ranges() {
    return List.of(
        Sample.of("rows", new Concat(0), Operand.normal(2, 3), Operand.normal(1, 3)),
        Sample.of(
            "three along the middle",
            new Concat(1),
            Operand.normal(2, 1, 5),
            Operand.normal(2, 13, 5),
            Operand.normal(2, 3, 5)),
        Sample.of("the last axis", new Concat(2), Operand.normal(2, 3, 1), Operand.normal(2, 3, 4)),
        Sample.of("one alone", new Concat(0), Operand.normal(13)),
        Sample.of("the front", new Slice(0, 0, 2), Operand.normal(5, 3)),
        Sample.of("the middle", new Slice(1, 3, 9), Operand.normal(2, 13, 3)),
        Sample.of("the last of 129", new Slice(1, 128, 129), Operand.normal(3, 129)),
        Sample.of("everything", new Slice(0, 0, 5), Operand.normal(5, 3)),
        Sample.of("the front", new Slice.Grad(new Slice(0, 0, 2), 5), Operand.normal(2, 3)),
        Sample.of("the middle", new Slice.Grad(new Slice(1, 3, 9), 13), Operand.normal(2, 6, 3)),
        Sample.of("the end", new Slice.Grad(new Slice(2, 4, 5), 5), Operand.normal(2, 3, 1)));
  }

  private static List<Sample> flat() {
    return List.of(
        Sample.of(
            "without gaps",
            new Pack(List.of(0L, 6L, 7L), 20),
            Operand.normal(2, 3),
            Operand.normal(),
            Operand.normal(13)),
        Sample.of(
            "with gaps", new Pack(List.of(2L, 16L), 40), Operand.normal(13), Operand.normal(4, 5)),
        Sample.of("one", new Pack(List.of(0L), 1), Operand.normal(1)),
        Sample.of("the front", new View(0, Shape.of(2, 3)), Operand.normal(20)),
        Sample.of("the middle", new View(3, Shape.of(13)), Operand.normal(20)),
        Sample.of("a scalar at the end", new View(19, Shape.SCALAR), Operand.normal(20)));
  }

  private static List<Sample> conversions() {
    Domain fractions = Domain.awayFrom(0.1, -2, -1, 0, 1, 2);
    return List.of(
        Sample.of("to double", new Cast(DType.F64), Operand.of(fractions, 3, 17)),
        Sample.of("to single", new Cast(DType.F32), Operand.of(DType.F64, fractions, 3, 17)),
        Sample.of("to I64", new Cast(DType.I64), Operand.of(fractions, 129).constant()),
        Sample.of("to I32", new Cast(DType.I32), Operand.of(fractions, 13).constant()),
        Sample.of(
            "to bytes", new Cast(DType.U8), Operand.of(Domain.uniform(0, 255), 129).constant()),
        Sample.of("from I64", new Cast(DType.F32), Operand.of(DType.I64, Domain.below(99), 13)),
        Sample.of("from I32", new Cast(DType.F32), Operand.of(DType.I32, Domain.below(99), 13)),
        Sample.of("from bytes", new Cast(DType.F32), Operand.of(DType.U8, Domain.below(256), 129)),
        Sample.of("I64 to I32", new Cast(DType.I32), Operand.of(DType.I64, Domain.below(99), 1)),
        Sample.of("[2, 13]", new Fill(DType.F32, Shape.of(2, 13), 0.75)),
        Sample.of("scalar", new Fill(DType.F32, Shape.SCALAR, -3)),
        Sample.of("doubles", new Fill(DType.F64, Shape.of(129), 0.1)));
  }

  private static List<Sample> lookups() {
    return List.of(
        Sample.of("[3, 5] of 7", new Embedding(), indices(7, 3, 5), Operand.normal(7, 4)),
        Sample.of("a scalar index", new Embedding(), indices(13), Operand.normal(13, 129)),
        Sample.of("one row", new Embedding(), indices(1, 13), Operand.normal(1, 1)),
        Sample.of("more places than rows", new Embedding(), indices(3, 129), Operand.normal(3, 5)),
        Sample.of(
            "32-bit indices",
            new Embedding(),
            Operand.of(DType.I32, Domain.below(7), 5),
            Operand.normal(7, 4)),
        Sample.of(
                "indices outside the table",
                new Embedding(),
                Operand.of(DType.I64, Domain.cycle(0, -1, 7, 6), 4),
                Operand.normal(7, 4).constant())
            .atKinks(),
        Sample.of("[3, 5] of 7", new OneHot(7, DType.F32), indices(7, 3, 5)),
        Sample.of("a scalar index", new OneHot(129, DType.F32), indices(129)),
        Sample.of("one place", new OneHot(1, DType.F32), indices(1, 13)),
        Sample.of(
            "bytes as indices",
            new OneHot(13, DType.F32),
            Operand.of(DType.U8, Domain.below(13), 9)),
        Sample.of(
            "indices outside the range",
            new OneHot(4, DType.F32),
            Operand.of(DType.I64, Domain.cycle(0, -1, 4, 3), 4)),
        Sample.of("[3, 5] of 7", new Embedding.Grad(7), indices(7, 3, 5), Operand.normal(3, 5, 4)),
        Sample.of("repeated rows", new Embedding.Grad(2), indices(2, 129), Operand.normal(129, 13)),
        Sample.of("a scalar index", new Embedding.Grad(3), indices(3), Operand.normal(4)));
  }

  private static Operand indices(int rows, int... dims) {
    return Operand.of(DType.I64, Domain.below(rows), dims);
  }
}
