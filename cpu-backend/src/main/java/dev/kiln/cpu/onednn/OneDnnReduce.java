package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Reduce;
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
final class OneDnnReduce implements Op {

  private static final String NAME = OneDnnReduce.class.getSimpleName();

  private final NativeScope scope;
  private final List<PrimitiveOp> stages;
  private final List<Long> resultBytes;

  private OneDnnReduce(NativeScope scope, List<PrimitiveOp> stages, List<Long> resultBytes) {
    this.scope = scope;
    this.stages = stages;
    this.resultBytes = resultBytes;
  }

  /** Compiles {@code x -> y}. */
  static Op compile(OpContext context, Reduce spec, TensorType x) {
    List<AxisRun> runs =
        new ArrayList<>(
            AxisRun.of(x.shape(), ChannelsLast.memoryOrder(x), spec.axes()::contains));
    if (runs.stream().noneMatch(AxisRun::marked)) {
      return OneDnnEltwise.forward(context, List.of(Eltwise.affine(1, 0)), x);
    }
    List<PrimitiveOp> stages = new ArrayList<>();
    List<Long> resultBytes = new ArrayList<>();
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
        resultBytes.add(outer * inner * Float.BYTES);
        runs.remove(i);
      }
    }
    return new OneDnnReduce(context.scope(), stages, resultBytes);
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
          OneDnnMatMul.describe(context, left, right, MemoryDesc.NONE, result, List.of()),
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
        OneDnnMatMul.describe(context, left, right, MemoryDesc.NONE, result, List.of()),
        List.of(
            Argument.constant(Argument.SRC, vector, left),
            Argument.input(Argument.WEIGHTS, 0, right),
            Argument.output(Argument.DST, 0, result)));
  }

  /** The scratch memory of the stages, then the results that pass between them. */
  @Override
  public long workspaceBytes() {
    return scratchBytes() + partialBytes();
  }

  private long scratchBytes() {
    long most = stages.stream().mapToLong(PrimitiveOp::workspaceBytes).max().orElse(0);
    return aligned(most);
  }

  private long partialBytes() {
    return resultBytes.subList(0, resultBytes.size() - 1).stream()
        .mapToLong(OneDnnReduce::aligned)
        .sum();
  }

  private static long aligned(long bytes) {
    return (bytes + 63) / 64 * 64;
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Kernel[] kernels = new Kernel[stages.size()];
    Buffer scratch = workspace.slice(0, scratchBytes());
    long offset = scratchBytes();
    Buffer from = inputs.getFirst();
    for (int i = 0; i < kernels.length; i++) {
      boolean last = i == kernels.length - 1;
      Buffer to = last ? outputs.getFirst() : workspace.slice(offset, resultBytes.get(i));
      kernels[i] = stages.get(i).bind(List.of(from), List.of(to), scratch);
      offset += aligned(resultBytes.get(i));
      from = to;
    }
    return kernels.length == 1
        ? kernels[0]
        : () -> {
          for (Kernel kernel : kernels) {
            kernel.run();
          }
        };
  }

  @Override
  public String describe() {
    return stages.getFirst().describe();
  }

  @Override
  public void close() {
    scope.close();
  }
}
