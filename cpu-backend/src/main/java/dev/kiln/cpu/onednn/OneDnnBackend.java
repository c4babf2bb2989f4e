package dev.kiln.cpu.onednn;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Memory;
import dev.kiln.backend.Op;
import dev.kiln.cpu.memory.HostBuffer;
import dev.kiln.cpu.memory.HostMemory;
import dev.kiln.cpu.reference.ReferenceBackend;
import dev.kiln.graph.Graph;
import dev.kiln.graph.LayoutPropagation;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The fast CPU backend. It computes in single precision through oneDNN's primitives and parallel
 * loops, and leaves other element types, and a few operations that no network spends time in, to
 * the reference backend, on the same memory.
 */
public final class OneDnnBackend implements Backend {

  static final String NAME = "onednn";

  private final OneDnnEngine engine = new OneDnnEngine();
  private final OpenMpTeam team = new OpenMpTeam();
  private final ReferenceBackend reference = new ReferenceBackend();
  private final OneDnnOps ops = new OneDnnOps(reference);
  private boolean closed;

  /** Opens oneDNN's CPU engine. The native library must be available. */
  public OneDnnBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    int threads = OpenMpTeam.size();
    return "oneDNN %s through OpenMP, %s; %s"
        .formatted(
            OneDnnEngine.version(),
            threads == 1 ? "1 thread" : threads + " threads",
            reference.description());
  }

  /**
   * Leaves out gradients that nobody reads, fuses rectifiers into batch normalizations and
   * elementwise operations into those before them, then places images channels last.
   */
  @Override
  public Graph lower(Graph graph) {
    checkOpen();
    Graph needed = RecurrentParameterGrad.replaceIn(graph);
    Graph fused = PostOpFusion.apply(NormReluFusion.apply(needed));
    return LayoutPropagation.apply(fused, new PreferredLayouts(engine, team, fused));
  }

  @Override
  public Op compile(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    checkOpen();
    NativeScope scope = new NativeScope();
    boolean compiled = false;
    try {
      Op op = ops.compile(new OpContext(engine, team, scope), spec, inputs, outputs);
      compiled = true;
      return op;
    } finally {
      if (!compiled) {
        scope.close();
      }
    }
  }

  @Override
  public Memory allocate(long bytes) {
    return HostMemory.allocate(bytes);
  }

  @Override
  public long availableBytes() {
    return HostMemory.availableBytes();
  }

  @Override
  public void write(Buffer destination, MemorySegment source) {
    HostBuffer.of(destination).write(source);
  }

  @Override
  public void read(Buffer source, MemorySegment destination) {
    HostBuffer.of(source).read(destination);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      team.close();
      engine.close();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "backend onednn is closed; open another by Backends.open, and close it last");
    }
  }
}
