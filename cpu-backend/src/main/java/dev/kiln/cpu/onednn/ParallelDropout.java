package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.op.Dropout;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Dropout on all threads: each draws the mask of its own elements. */
final class ParallelDropout implements Op {

  private final OpContext context;
  private final Dropout spec;
  private final ParallelRange range;

  /** Compiles {@code x, counter -> y}. */
  ParallelDropout(OpContext context, Dropout spec, TensorType x) {
    this.context = context;
    this.spec = spec;
    this.range = ParallelRange.ofElements(Math.toIntExact(x.elements()));
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    MemorySegment x = HostBuffer.of(inputs.get(0)).segment();
    MemorySegment counter = HostBuffer.of(inputs.get(1)).segment();
    MemorySegment y = HostBuffer.of(outputs.get(0)).segment();
    int[][] words = new int[OpenMpTeam.size()][Philox.BLOCK_WORDS];
    OpenMpTeam.Part part = index -> drop(index, x, counter, y, words[index]);
    return () -> context.team().run(part);
  }

  private void drop(
      int part, MemorySegment x, MemorySegment counter, MemorySegment y, int[] words) {
    long seed = counter.getAtIndex(ValueLayout.JAVA_LONG, 0);
    long step = counter.getAtIndex(ValueLayout.JAVA_LONG, 1);
    float scale = (float) (1 / (1 - spec.probability()));
    long threshold = spec.threshold();
    int end = range.end(part);
    // A share begins at a cache line, so at a whole block of random words.
    for (int i = range.start(part); i < end; i++) {
      int word = i % Philox.BLOCK_WORDS;
      if (word == 0) {
        Philox.block(seed, spec.stream(), step, i / Philox.BLOCK_WORDS, words, 0);
      }
      boolean dropped = Integer.toUnsignedLong(words[word]) < threshold;
      y.setAtIndex(
          ValueLayout.JAVA_FLOAT, i, dropped ? 0 : x.getAtIndex(ValueLayout.JAVA_FLOAT, i) * scale);
    }
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
