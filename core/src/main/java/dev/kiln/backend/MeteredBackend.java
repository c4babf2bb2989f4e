package dev.kiln.backend;

import dev.kiln.graph.Graph;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Passes everything on to another backend and counts what is allocated, compiled and copied to the
 * host. For tests and benchmarks, which ask whether a training holds what its plan foretells and
 * copies no more than it must.
 */
public final class MeteredBackend implements Backend {

  private final Backend backend;
  private final Set<Long> copies = new TreeSet<>();
  private int allocations;
  private int openMemories;
  private int openOps;
  private long heldBytes;
  private long mostBytes;

  /** Creates a meter for a backend, which stays with its owner. */
  public MeteredBackend(Backend backend) {
    this.backend = backend;
  }

  /** Returns how often memory was allocated. */
  public int allocations() {
    return allocations;
  }

  /** Returns how many allocated memories have not been closed. */
  public int openMemories() {
    return openMemories;
  }

  /** Returns how many compiled operations have not been closed. */
  public int openOps() {
    return openOps;
  }

  /** Returns the most bytes that were allocated at the same time. */
  public long mostBytes() {
    return mostBytes;
  }

  /** Returns the different sizes in bytes of what was copied to the host, the smallest first. */
  public Set<Long> copies() {
    return Collections.unmodifiableSet(copies);
  }

  /** Forgets the {@linkplain #copies copies} so far. */
  public void forgetCopies() {
    copies.clear();
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String description() {
    return backend.description();
  }

  @Override
  public Precision precision() {
    return backend.precision();
  }

  @Override
  public Graph lower(Graph graph) {
    return backend.lower(graph);
  }

  @Override
  public Op compile(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    Op op = backend.compile(spec, inputs, outputs);
    openOps++;
    return new MeteredOp(op);
  }

  @Override
  public Memory allocate(long bytes) {
    Memory memory = backend.allocate(bytes);
    allocations++;
    openMemories++;
    heldBytes += bytes;
    mostBytes = Math.max(mostBytes, heldBytes);
    return new MeteredMemory(memory, bytes);
  }

  @Override
  public long availableBytes() {
    return backend.availableBytes();
  }

  @Override
  public void write(Buffer destination, MemorySegment source) {
    backend.write(destination, source);
  }

  @Override
  public void read(Buffer source, MemorySegment destination) {
    copies.add(source.bytes());
    backend.read(source, destination);
  }

  @Override
  public Readback readback(List<Buffer> sources) {
    return new MeteredReadback(backend.readback(sources), sources);
  }

  @Override
  public Recording capture(List<Kernel> kernels) {
    return backend.capture(kernels);
  }

  @Override
  public void synchronize() {
    backend.synchronize();
  }

  /** Leaves the other backend open: its owner closes it. */
  @Override
  public void close() {}

  private final class MeteredMemory implements Memory {

    private final Memory memory;
    private final long bytes;

    MeteredMemory(Memory memory, long bytes) {
      this.memory = memory;
      this.bytes = bytes;
    }

    @Override
    public Buffer buffer() {
      return memory.buffer();
    }

    @Override
    public void close() {
      memory.close();
      openMemories--;
      heldBytes -= bytes;
    }
  }

  private final class MeteredReadback implements Readback {

    private final Readback readback;
    private final List<Buffer> sources;

    MeteredReadback(Readback readback, List<Buffer> sources) {
      this.readback = readback;
      this.sources = List.copyOf(sources);
    }

    @Override
    public List<MemorySegment> values() {
      return readback.values();
    }

    @Override
    public void start() {
      for (int i = 0; i < sources.size(); i++) {
        copies.add(sources.get(i).bytes());
      }
      readback.start();
    }

    @Override
    public boolean isDone() {
      return readback.isDone();
    }

    @Override
    public void await() {
      readback.await();
    }

    @Override
    public void close() {
      readback.close();
    }
  }

  private final class MeteredOp implements Op {

    private final Op op;

    MeteredOp(Op op) {
      this.op = op;
    }

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      return op.bind(inputs, outputs, workspace);
    }

    @Override
    public long workspaceBytes() {
      return op.workspaceBytes();
    }

    @Override
    public String describe() {
      return op.describe();
    }

    @Override
    public void close() {
      op.close();
      openOps--;
    }
  }
}
