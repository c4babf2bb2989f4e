package dev.kiln.bench.scaling;

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

/** A backend that counts what is allocated of it, and leaves the rest to the backend it wraps. */
final class CountingBackend implements Backend {

  private final Backend wrapped;
  private long held;
  private long most;

  CountingBackend(Backend wrapped) {
    this.wrapped = wrapped;
  }

  @Override
  public Precision precision() {
    return wrapped.precision();
  }

  /** Returns the most bytes that were held at the same time. */
  long mostBytes() {
    return most;
  }

  @Override
  public Memory allocate(long bytes) {
    Memory memory = wrapped.allocate(bytes);
    held += bytes;
    most = Math.max(most, held);
    return new Memory() {
      @Override
      public Buffer buffer() {
        return memory.buffer();
      }

      @Override
      public void close() {
        memory.close();
        held -= bytes;
      }
    };
  }

  @Override
  public String name() {
    return wrapped.name();
  }

  @Override
  public String description() {
    return wrapped.description();
  }

  @Override
  public Graph lower(Graph graph) {
    return wrapped.lower(graph);
  }

  @Override
  public Op compile(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    return wrapped.compile(spec, inputs, outputs);
  }

  @Override
  public long availableBytes() {
    return wrapped.availableBytes();
  }

  @Override
  public void write(Buffer destination, MemorySegment source) {
    wrapped.write(destination, source);
  }

  @Override
  public void read(Buffer source, MemorySegment destination) {
    wrapped.read(source, destination);
  }

  @Override
  public Readback readback(List<Buffer> sources) {
    return wrapped.readback(sources);
  }

  @Override
  public Recording capture(List<Kernel> kernels) {
    return wrapped.capture(kernels);
  }

  @Override
  public void synchronize() {
    wrapped.synchronize();
  }

  /** Leaves the wrapped backend open: its owner closes it. */
  @Override
  public void close() {}
}
