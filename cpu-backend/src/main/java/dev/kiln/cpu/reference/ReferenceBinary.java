package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Binary;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Binary} in plain Java. */
record ReferenceBinary(Binary function, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    Tensor y = outputs.get(0);
    Shape shape = y.shape();
    StridedLoop loop =
        new StridedLoop(
            shape,
            StridedLoop.broadcast(a.shape(), shape),
            StridedLoop.broadcast(b.shape(), shape));
    return () -> {
      long length = loop.length();
      for (long row = 0; row < loop.rows(); row++) {
        long startA = loop.start(0, row);
        long startB = loop.start(1, row);
        for (long i = 0; i < length; i++) {
          double result =
              function.forward(a.get(startA + i * loop.step(0)), b.get(startB + i * loop.step(1)));
          y.set(row * length + i, result);
        }
      }
    };
  }
}
