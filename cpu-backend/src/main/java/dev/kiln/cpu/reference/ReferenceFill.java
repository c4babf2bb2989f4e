package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Fill;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Fill} in plain Java. */
record ReferenceFill(Fill fill, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor y = outputs.get(0);
    long elements = y.elements();
    return () -> {
      for (long i = 0; i < elements; i++) {
        y.set(i, fill.value());
      }
    };
  }
}
