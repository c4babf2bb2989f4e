package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * One optimizer update of all parameters, in one pass on all threads. Each thread copies a tile of
 * every operand into arrays that stay in its first-level cache, updates it there and copies it
 * back: the JVM compiles loops over arrays to vector instructions, but not loops over several
 * ranges of native memory, which might overlap.
 */
final class ParallelOptimizerStep implements Op {

  private static final int TILE = 1024;
  private static final int FIRST_SLOT_INPUT = 4;

  private final OpContext context;
  private final OptimizerTile rule;
  private final ParallelRange range;

  /** Compiles {@code parameters, gradients, rate, step, slots... -> parameters, slots...}. */
  ParallelOptimizerStep(OpContext context, OptimizerTile rule, TensorType parameters) {
    this.context = context;
    this.rule = rule;
    this.range = ParallelRange.ofElements(Math.toIntExact(parameters.elements()));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    int slots = outputs.size() - 1;
    MemorySegment[] from = new MemorySegment[2 + slots];
    MemorySegment[] to = new MemorySegment[2 + slots];
    from[0] = segment(inputs.get(0));
    to[0] = segment(outputs.get(0));
    from[1] = segment(inputs.get(1));
    to[1] = MemorySegment.NULL;
    for (int slot = 0; slot < slots; slot++) {
      from[2 + slot] = segment(inputs.get(FIRST_SLOT_INPUT + slot));
      to[2 + slot] = segment(outputs.get(1 + slot));
    }
    MemorySegment rate = segment(inputs.get(2));
    MemorySegment step = segment(inputs.get(3));
    float[][][] tiles = new float[OpenMpTeam.size()][2 + slots][TILE];
    OpenMpTeam.Part part = index -> update(index, from, to, tiles[index]);
    return () -> {
      rule.prepare(rate.get(ValueLayout.JAVA_FLOAT, 0), step.get(ValueLayout.JAVA_LONG, 0));
      context.team().run(part);
    };
  }

  private void update(int part, MemorySegment[] from, MemorySegment[] to, float[][] tiles) {
    int end = range.end(part);
    for (int start = range.start(part); start < end; start += TILE) {
      int count = Math.min(TILE, end - start);
      long offset = (long) start * Float.BYTES;
      for (int i = 0; i < from.length; i++) {
        MemorySegment.copy(from[i], ValueLayout.JAVA_FLOAT, offset, tiles[i], 0, count);
      }
      rule.update(tiles, count);
      for (int i = 0; i < to.length; i++) {
        if (i != 1) { // the gradients stay as they are
          MemorySegment.copy(tiles[i], 0, to[i], ValueLayout.JAVA_FLOAT, offset, count);
        }
      }
    }
  }

  private static MemorySegment segment(Buffer buffer) {
    return HostBuffer.of(buffer).segment();
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
