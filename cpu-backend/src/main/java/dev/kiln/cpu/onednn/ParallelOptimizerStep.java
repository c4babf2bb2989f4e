package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.OptimizerRule;
import dev.kiln.op.OptimizerStep;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * One optimizer update of all parameters, in one pass on all threads. Each thread copies a tile of
 * every operand into arrays that stay in its first-level cache, updates it there and copies it
 * back: the JVM compiles loops over arrays to vector instructions, but not loops over several
 * ranges of native memory, which might overlap.
 */
final class ParallelOptimizerStep implements Op {

  private static final int TILE = 1024;
  private static final int GRADIENTS = 1;
  private static final int FIRST_SLOT_INPUT = 4;

  private final OpContext context;
  private final OptimizerStep spec;
  private final List<OptimizerRule.Slot> slots;
  private final OptimizerTile rule;
  private final ParallelRange range;

  /**
   * Compiles {@code parameters, gradients, rate, step, slots..., guard -> parameters, slots...}.
   */
  ParallelOptimizerStep(OpContext context, OptimizerStep spec, TensorType parameters) {
    this.context = context;
    this.spec = spec;
    this.slots = spec.rule().slots();
    this.rule = OptimizerTile.of(spec.rule());
    this.range = ParallelRange.ofElements(Math.toIntExact(parameters.elements()));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    List<MemorySegment> from = new ArrayList<>();
    List<MemorySegment> to = new ArrayList<>();
    from.add(segment(inputs.get(0)));
    to.add(segment(outputs.get(0)));
    from.add(segment(inputs.get(1)));
    to.add(MemorySegment.NULL); // in the place of the gradients, which stay as they are
    List<MemorySegment> scalarsFrom = new ArrayList<>();
    List<MemorySegment> scalarsTo = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      boolean many = slots.get(i).perParameter();
      (many ? from : scalarsFrom).add(segment(inputs.get(FIRST_SLOT_INPUT + i)));
      (many ? to : scalarsTo).add(segment(outputs.get(1 + i)));
    }
    Pass pass = new Pass(from.toArray(MemorySegment[]::new), to.toArray(MemorySegment[]::new));
    Scalars scalars =
        new Scalars(
            scalarsFrom.toArray(MemorySegment[]::new),
            scalarsTo.toArray(MemorySegment[]::new),
            new float[scalarsFrom.size()]);
    MemorySegment rate = segment(inputs.get(2));
    MemorySegment step = segment(inputs.get(3));
    float[][][] tiles = new float[OpenMpTeam.size()][from.size()][TILE];
    OpenMpTeam.Part part = index -> update(index, pass, tiles[index]);
    Kernel update =
        () -> {
          scalars.read();
          rule.prepare(
              rate.get(ValueLayout.JAVA_FLOAT, 0),
              step.get(ValueLayout.JAVA_LONG, 0),
              scalars.values());
          scalars.write();
          context.team().run(part);
        };
    return inputs.size() == spec.guardIndex()
        ? update
        : guarded(update, segment(inputs.get(spec.guardIndex())), inputs, outputs);
  }

  /** Leaves everything as it is where the guard is not finite. */
  private Kernel guarded(
      Kernel update, MemorySegment guard, List<Buffer> inputs, List<Buffer> outputs) {
    Kernel keep =
        () -> {
          for (int i = 0; i < outputs.size(); i++) {
            int old = spec.overwrites(i).orElseThrow();
            segment(outputs.get(i)).copyFrom(segment(inputs.get(old)));
          }
        };
    return () -> {
      boolean finite = Float.isFinite(guard.get(ValueLayout.JAVA_FLOAT, 0));
      (finite ? update : keep).run();
    };
  }

  /** The operands with an element for every parameter. */
  private record Pass(MemorySegment[] from, MemorySegment[] to) {}

  /** The operands that are one number. */
  private record Scalars(MemorySegment[] from, MemorySegment[] to, float[] values) {

    void read() {
      for (int i = 0; i < values.length; i++) {
        values[i] = from[i].get(ValueLayout.JAVA_FLOAT, 0);
      }
    }

    void write() {
      for (int i = 0; i < values.length; i++) {
        to[i].set(ValueLayout.JAVA_FLOAT, 0, values[i]);
      }
    }
  }

  private void update(int part, Pass pass, float[][] tiles) {
    int end = range.end(part);
    for (int start = range.start(part); start < end; start += TILE) {
      int count = Math.min(TILE, end - start);
      long offset = (long) start * Float.BYTES;
      for (int i = 0; i < tiles.length; i++) {
        MemorySegment.copy(pass.from[i], ValueLayout.JAVA_FLOAT, offset, tiles[i], 0, count);
      }
      rule.update(tiles, count);
      for (int i = 0; i < tiles.length; i++) {
        if (i != GRADIENTS) {
          MemorySegment.copy(tiles[i], 0, pass.to[i], ValueLayout.JAVA_FLOAT, offset, count);
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
