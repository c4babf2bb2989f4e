package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Reduce;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@link Reduce}: sums in double and in an order that depends on the shape alone. Where there are
 * few results, each is added in several parts, so that the whole GPU has work.
 */
final class CudaReduce implements Op {

  /** Blocks that keep a large GPU busy. */
  private static final long WANTED_BLOCKS = 512;

  /** Elements that make a part worth while. */
  private static final long LEAST_PART = 2048;

  /** As in reduce.cu. */
  private static final long COLUMNS = 32;

  private final OpContext context;
  private final Reduce reduce;
  private final List<Integer> keptAxes;
  private final boolean rows;
  private final long outputs;
  private final long length;
  private final long parts;

  CudaReduce(OpContext context, Reduce reduce) {
    this.context = context;
    this.reduce = reduce;
    Shape x = context.input(0).shape();
    this.keptAxes =
        IntStream.range(0, x.rank()).filter(axis -> !reduce.axes().contains(axis)).boxed().toList();
    this.outputs = context.output().elements();
    this.length = x.elements() / outputs;
    this.rows = innermostIsReduced(context.input(0));
    long blocks = rows ? outputs : Math.ceilDiv(outputs, COLUMNS);
    this.parts = Math.clamp(WANTED_BLOCKS / blocks, 1, Math.max(1, length / LEAST_PART));
  }

  /** Whether neighbouring elements belong to the same result. */
  private boolean innermostIsReduced(TensorType x) {
    int[] order = ChannelsLast.memoryOrder(x);
    for (int i = order.length - 1; i >= 0; i--) {
      if (x.shape().dim(order[i]) > 1) {
        return reduce.axes().contains(order[i]);
      }
    }
    return true;
  }

  @Override
  public long workspaceBytes() {
    return parts == 1 ? 0 : parts * outputs * Double.BYTES;
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> results, Buffer workspace) {
    double divisor =
        switch (reduce.kind()) {
          case SUM -> 1;
          case MEAN -> (double) length;
        };
    Launch.Builder sums =
        context
            .launch(context.function("reduce", rows ? "reduce_rows" : "reduce_columns"))
            .number(outputs)
            .number(length)
            .number(parts)
            .buffer(inputs.getFirst())
            .buffer(results.getFirst())
            .buffer(workspace)
            .struct(walk(keptAxes))
            .struct(walk(reduce.axes().stream().sorted().toList()))
            .number(divisor);
    Kernel add = sums.blocks((rows ? outputs : Math.ceilDiv(outputs, COLUMNS)) * parts);
    if (parts == 1) {
      return add;
    }
    Kernel finish =
        context
            .launch(context.function("reduce", "reduce_parts"))
            .number(outputs)
            .number(parts)
            .buffer(workspace)
            .buffer(results.getFirst())
            .number(divisor)
            .over(outputs);
    return StreamWork.inOrder(List.of(add, finish));
  }

  /** A loop over some axes of the input. */
  private MemorySegment walk(List<Integer> axes) {
    Shape x = context.input(0).shape();
    long[] own = ChannelsLast.strides(context.input(0));
    List<Integer> dims = new ArrayList<>();
    axes.forEach(axis -> dims.add(x.dim(axis)));
    long[] strides = axes.stream().mapToLong(axis -> own[axis]).toArray();
    return new StridedWalk(new Shape(dims), strides).toStruct(context.scope().arena());
  }

  @Override
  public String describe() {
    return "kernel %s, %d parts".formatted(rows ? "reduce_rows" : "reduce_columns", parts);
  }
}
