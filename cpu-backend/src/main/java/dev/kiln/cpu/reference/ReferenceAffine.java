package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Affine;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Affine} in plain Java. */
record ReferenceAffine(Affine affine, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    long elements = y.elements();
    return () -> {
      for (long i = 0; i < elements; i++) {
        y.set(i, affine.scale() * x.get(i) + affine.shift());
      }
    };
  }
}
