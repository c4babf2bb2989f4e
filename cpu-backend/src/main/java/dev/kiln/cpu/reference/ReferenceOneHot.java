package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.OneHot;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link OneHot} in plain Java. */
record ReferenceOneHot(OneHot oneHot, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor indices = inputs.get(0);
    Tensor y = outputs.get(0);
    int depth = oneHot.depth();
    return () -> {
      for (long place = 0; place < indices.elements(); place++) {
        long index = (long) indices.get(place);
        boolean inside = index >= 0 && index < depth;
        for (int i = 0; i < depth; i++) {
          double hot = i == index ? 1 : 0;
          y.set(place * depth + i, inside ? hot : Double.NaN);
        }
      }
    };
  }
}
