package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Cast;
import dev.kiln.tensor.Tensor;
import java.util.List;

/**
 * {@link Cast} in plain Java. Elements pass through a double, so whole numbers beyond
 * 2<sup>53</sup> are rounded.
 */
record ReferenceCast(OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    long elements = y.elements();
    return () -> {
      for (long i = 0; i < elements; i++) {
        y.set(i, x.get(i));
      }
    };
  }
}
