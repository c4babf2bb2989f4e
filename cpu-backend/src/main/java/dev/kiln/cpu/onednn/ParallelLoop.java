package dev.kiln.cpu.onednn;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** An operation that is a loop, divided among all threads. */
final class ParallelLoop implements Op {

  /** A loop over operands that are settled. */
  @FunctionalInterface
  interface Body {

    /** Runs the part of the loop from {@code start} to {@code end}, the latter excluded. */
    void run(int start, int end);
  }

  /** Settles the operands of a loop. */
  @FunctionalInterface
  interface Binding {

    /** Returns the loop over these operands. */
    Body bind(List<MemorySegment> inputs, List<MemorySegment> outputs);
  }

  private final OpContext context;
  private final String name;
  private final ParallelRange range;
  private final Binding binding;

  /**
   * Compiles a loop.
   *
   * @param name what runs, for plans
   * @param range what it loops over
   */
  ParallelLoop(OpContext context, String name, ParallelRange range, Binding binding) {
    this.context = context;
    this.name = name;
    this.range = range;
    this.binding = binding;
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Body body = binding.bind(segments(inputs), segments(outputs));
    OpenMpTeam.Part part = index -> body.run(range.start(index), range.end(index));
    return () -> context.team().run(part);
  }

  private static List<MemorySegment> segments(List<Buffer> buffers) {
    return buffers.stream().map(buffer -> HostBuffer.of(buffer).segment()).toList();
  }

  @Override
  public String describe() {
    return name;
  }

  @Override
  public void close() {
    context.scope().close();
  }
}
