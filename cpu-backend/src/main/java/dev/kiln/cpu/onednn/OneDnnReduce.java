package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.op.Reduce;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sums and means as products with a vector of equal numbers: oneDNN's own reduction has no fast
 * implementation on CPUs and takes over 100 times as long. Every run of neighbouring axes is one
 * product, the innermost first.
 */
final class OneDnnReduce {

  private static final String NAME = OneDnnReduce.class.getSimpleName();

  private OneDnnReduce() {}

  /** Compiles {@code x -> y}. */
  static Op compile(OpContext context, Reduce spec, TensorType x) {
    List<AxisRun> runs =
        new ArrayList<>(AxisRun.of(x.shape(), ChannelsLast.memoryOrder(x), spec.axes()::contains));
    if (runs.stream().noneMatch(AxisRun::marked)) {
      return OneDnnEltwise.forward(context, List.of(Eltwise.affine(1, 0)), x);
    }
    List<PrimitiveOp> stages = new ArrayList<>();
    for (int i = runs.size() - 1; i >= 0; i--) {
      if (runs.get(i).marked()) {
        int length = runs.get(i).size();
        long outer = product(runs.subList(0, i));
        long inner = product(runs.subList(i + 1, runs.size()));
        float factor =
            switch (spec.kind()) {
              case SUM -> 1;
              case MEAN -> 1f / length;
            };
        stages.add(stage(context, outer, length, inner, factor));
        runs.remove(i);
      }
    }
    return stages.size() == 1 ? stages.getFirst() : new PrimitiveSequence(stages);
  }

  private static long product(List<AxisRun> runs) {
    return runs.stream().mapToLong(AxisRun::size).reduce(1, (a, b) -> a * b);
  }

  /** Sums [outer, length, inner] over its middle. */
  private static PrimitiveOp stage(
      OpContext context, long outer, int length, long inner, float factor) {
    NativeScope scope = context.scope();
    float[] factors = new float[length];
    Arrays.fill(factors, factor);
    MemorySegment vector = scope.arena().allocate(length * (long) Float.BYTES, 64);
    MemorySegment.copy(factors, 0, vector, ValueLayout.JAVA_FLOAT, 0, length);
    if (inner == 1) {
      // x [outer,length] · vector [length,1] -> [outer,1]
      MemoryDesc left = MemoryDesc.rowMajor(scope, outer, length);
      MemoryDesc right = MemoryDesc.rowMajor(scope, length, 1);
      MemoryDesc result = MemoryDesc.rowMajor(scope, outer, 1);
      return new PrimitiveOp(
          context,
          NAME,
          OneDnnMatMul.describe(
              context, left, right, MemoryDesc.NONE, result, context.plainAttributes()),
          List.of(
              Argument.input(Argument.SRC, 0, left),
              Argument.constant(Argument.WEIGHTS, vector, right),
              Argument.output(Argument.DST, 0, result)));
    }
    // for each of outer: vector [1,length] · x [length,inner] -> [1,inner]
    MemoryDesc left = MemoryDesc.rowMajor(scope, 1, 1, length);
    MemoryDesc right = MemoryDesc.rowMajor(scope, outer, length, inner);
    MemoryDesc result = MemoryDesc.rowMajor(scope, outer, 1, inner);
    return new PrimitiveOp(
        context,
        NAME,
        OneDnnMatMul.describe(
            context, left, right, MemoryDesc.NONE, result, context.plainAttributes()),
        List.of(
            Argument.constant(Argument.SRC, vector, left),
            Argument.input(Argument.WEIGHTS, 0, right),
            Argument.output(Argument.DST, 0, result)));
  }
}
