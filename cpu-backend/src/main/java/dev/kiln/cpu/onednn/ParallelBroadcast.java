package dev.kiln.cpu.onednn;

import dev.kiln.backend.Op;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compiles the repetition of a tensor. Its axes are joined into runs that are alternately copied
 * and repeated, so that the innermost run is one long copy or one number many times.
 */
final class ParallelBroadcast {

  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private ParallelBroadcast() {}

  /** Compiles {@code x -> y}. */
  static Op compile(OpContext context, TensorType x, TensorType y) {
    Shape target = y.shape();
    int added = target.rank() - x.shape().rank();
    List<AxisRun> runs =
        AxisRun.of(
            target,
            IntStream.range(0, target.rank()).toArray(),
            axis -> axis < added || x.shape().dim(axis - added) == 1);
    AxisRun inner = runs.isEmpty() ? new AxisRun(1, false) : runs.getLast();
    AxisRun[] outer = runs.subList(0, Math.max(0, runs.size() - 1)).toArray(AxisRun[]::new);
    int length = inner.size();
    return new ParallelLoop(
        context,
        ParallelBroadcast.class.getSimpleName(),
        ParallelRange.ofRows(Math.toIntExact(target.elements() / length)),
        (sources, results) -> {
          MemorySegment from = sources.getFirst();
          MemorySegment to = results.getFirst();
          return (start, end) -> {
            for (int row = start; row < end; row++) {
              long first = (long) row * length;
              long block = source(outer, row);
              if (inner.marked()) {
                FloatMemory.fill(to, first, length, from.getAtIndex(FLOAT, block));
              } else {
                MemorySegment.copy(
                    from,
                    FLOAT,
                    block * length * Float.BYTES,
                    to,
                    FLOAT,
                    first * Float.BYTES,
                    length);
              }
            }
          };
        });
  }

  /** Which row of the input a row of the result repeats. */
  private static long source(AxisRun[] outer, int row) {
    long position = 0;
    long stride = 1;
    int rest = row;
    for (int i = outer.length - 1; i >= 0; i--) {
      if (!outer[i].marked()) {
        position += rest % outer[i].size() * stride;
        stride *= outer[i].size();
      }
      rest /= outer[i].size();
    }
    return position;
  }
}
