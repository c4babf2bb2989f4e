package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * An elementwise operation in one pass on all threads. Each thread copies a tile of every operand
 * into arrays, as {@link ParallelOptimizerStep} says why, so the result may lie in an operand.
 */
final class ParallelElementwise implements Op {

  private static final int TILE = 512;

  private final OpContext context;
  private final ElementFormula formula;
  private final ParallelRange range;

  /** Compiles {@code operands... -> y}, all of the same number of elements in the same order. */
  ParallelElementwise(OpContext context, ElementFormula formula, long elements) {
    this.context = context;
    this.formula = formula;
    this.range = ParallelRange.ofElements(Math.toIntExact(elements));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    MemorySegment[] from =
        inputs.stream()
            .map(buffer -> HostBuffer.of(buffer).segment())
            .toArray(MemorySegment[]::new);
    MemorySegment to = HostBuffer.of(outputs.getFirst()).segment();
    float[][][] operands = new float[OpenMpTeam.size()][from.length][TILE];
    float[][] results = new float[OpenMpTeam.size()][TILE];
    OpenMpTeam.Part part = index -> compute(index, from, to, operands[index], results[index]);
    return () -> context.team().run(part);
  }

  private void compute(
      int part, MemorySegment[] from, MemorySegment to, float[][] operands, float[] results) {
    int end = range.end(part);
    for (int start = range.start(part); start < end; start += TILE) {
      int count = Math.min(TILE, end - start);
      long offset = (long) start * Float.BYTES;
      for (int i = 0; i < from.length; i++) {
        MemorySegment.copy(from[i], ValueLayout.JAVA_FLOAT, offset, operands[i], 0, count);
      }
      formula.apply(operands, results, count);
      MemorySegment.copy(results, 0, to, ValueLayout.JAVA_FLOAT, offset, count);
    }
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
