package dev.kiln.backend;

import dev.kiln.graph.Graph;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One opened device that can run graphs. A backend is used by one thread at a time.
 *
 * <p>Nothing falls back silently: what a backend cannot compile it refuses when the plan is made.
 */
public interface Backend extends AutoCloseable {

  /** Returns the name it is chosen by, such as {@code onednn}. */
  String name();

  /** Returns what it runs on, for people: processor or GPU, threads or memory, library versions. */
  String description();

  /** Returns the precision it was opened for, in which networks are to be computed on it. */
  default Precision precision() {
    return Precision.FLOAT32;
  }

  /**
   * Rewrites a graph into what this backend runs best: fused operations, private layouts and the
   * reorders between them. The identity by default. Inputs, variables and outputs stay row-major
   * and stay the same objects.
   */
  default Graph lower(Graph graph) {
    return graph;
  }

  /**
   * Compiles an operation for fixed operand types.
   *
   * @throws UnsupportedSpecException if this backend has no implementation for these types
   */
  Op compile(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs);

  /**
   * Allocates zeroed memory, aligned to 64 bytes.
   *
   * @throws OutOfMemoryException if there is not enough
   */
  Memory allocate(long bytes);

  /** Returns how many bytes can be allocated at present; a plan that needs more is refused. */
  long availableBytes();

  /** Copies from the host into a buffer of the same length. */
  void write(Buffer destination, MemorySegment source);

  /** Copies a buffer to the host, after everything before it has finished. */
  void read(Buffer source, MemorySegment destination);

  /**
   * Prepares to copy buffers to the host while the device goes on. Copies at once by default.
   *
   * @return the copies, owned by the caller, who closes them before the buffers
   */
  default Readback readback(List<Buffer> sources) {
    return new BlockingReadback(this, sources);
  }

  /**
   * Prepares a fixed sequence of kernels to be run many times, for example as a CUDA graph. Runs
   * them one after the other by default.
   *
   * @return the sequence, owned by the caller, who closes it before the operations
   */
  default Recording capture(List<Kernel> kernels) {
    Kernel[] sequence = kernels.toArray(Kernel[]::new);
    return () -> {
      for (Kernel kernel : sequence) {
        kernel.run();
      }
    };
  }

  /** Waits until everything that was started has finished. */
  default void synchronize() {}

  /** Releases the device. Memory and operations must have been closed before. */
  @Override
  void close();
}
