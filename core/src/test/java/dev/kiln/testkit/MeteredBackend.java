package dev.kiln.testkit;

import dev.kiln.backend.Backend;
import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Memory;
import dev.kiln.backend.Op;
import dev.kiln.backend.Precision;
import dev.kiln.backend.Readback;
import dev.kiln.backend.Recording;
import dev.kiln.graph.Graph;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Passes everything on to another backend and counts what is allocated and compiled. */
public final class MeteredBackend implements Backend {

  private final Backend backend;
  private int allocations;
  private int openMemories;
  private int openOps;

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
    return new MeteredMemory(memory);
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
    backend.read(source, destination);
  }

  @Override
  public Readback readback(List<Buffer> sources) {
    return backend.readback(sources);
  }

  @Override
  public Recording capture(List<Kernel> kernels) {
    return backend.capture(kernels);
  }

  @Override
  public void synchronize() {
    backend.synchronize();
  }

  @Override
  public void close() {}

  private final class MeteredMemory implements Memory {

    private final Memory memory;

    MeteredMemory(Memory memory) {
      this.memory = memory;
    }

    @Override
    public Buffer buffer() {
      return memory.buffer();
    }

    @Override
    public void close() {
      memory.close();
      openMemories--;
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
