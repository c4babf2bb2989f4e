package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Broadcast;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Broadcast} in plain Java. */
record ReferenceBroadcast(OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    StridedLoop loop = new StridedLoop(y.shape(), StridedLoop.broadcast(x.shape(), y.shape()));
    return () -> {
      long length = loop.length();
      for (long row = 0; row < loop.rows(); row++) {
        long start = loop.start(0, row);
        for (long i = 0; i < length; i++) {
          y.set(row * length + i, x.get(start + i * loop.step(0)));
        }
      }
    };
  }
}
