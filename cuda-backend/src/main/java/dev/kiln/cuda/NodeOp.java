package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.backend.OutOfMemoryException;
import dev.kiln.op.OpSpec;
import dev.kiln.tensor.TensorType;
import java.util.List;

/**
 * A compiled operation together with what it was compiled from, so that an error of a library names
 * the operation and its types, and with the owner of its native objects, which is closed with it.
 */
final class NodeOp implements Op {

  private final Op op;
  private final NativeScope scope;
  private final String node;

  NodeOp(Op op, NativeScope scope, OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    this.op = op;
    this.scope = scope;
    this.node = name(spec, inputs, outputs);
  }

  /** Returns how an error names an operation. */
  static String name(OpSpec spec, List<TensorType> inputs, List<TensorType> outputs) {
    return "%s %s -> %s".formatted(spec, inputs, outputs);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    try {
      Kernel kernel = op.bind(inputs, outputs, workspace);
      return () -> run(kernel);
    } catch (CudaException failed) {
      throw failed.in(node);
    } catch (OutOfMemoryException refused) {
      throw refused.in(node);
    }
  }

  private void run(Kernel kernel) {
    try {
      kernel.run();
    } catch (CudaException failed) {
      throw failed.in(node);
    } catch (OutOfMemoryException refused) {
      throw refused.in(node);
    }
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
    scope.close();
  }
}
