package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Clamp;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Clamp} in plain Java; not-a-number stays what it is. */
record ReferenceClamp(Clamp clamp, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    long elements = y.elements();
    return () -> {
      for (long i = 0; i < elements; i++) {
        y.set(i, Math.min(Math.max(x.get(i), clamp.low()), clamp.high()));
      }
    };
  }

  /** {@link Clamp.Grad} in plain Java. */
  record Grad(Clamp clamp, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor x = inputs.get(0);
      Tensor dy = inputs.get(1);
      Tensor dx = outputs.get(0);
      long elements = dx.elements();
      return () -> {
        for (long i = 0; i < elements; i++) {
          boolean inside = x.get(i) >= clamp.low() && x.get(i) <= clamp.high();
          dx.set(i, inside ? dy.get(i) : 0);
        }
      };
    }
  }
}
