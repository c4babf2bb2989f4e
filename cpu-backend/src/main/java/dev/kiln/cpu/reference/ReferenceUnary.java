package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Unary;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Unary} in plain Java. */
record ReferenceUnary(Unary function, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    long elements = y.elements();
    return () -> {
      for (long i = 0; i < elements; i++) {
        y.set(i, function.forward(x.get(i)));
      }
    };
  }

  /** {@link Unary.Grad} in plain Java. */
  record Grad(Unary function, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor inputOrOutput = inputs.get(0);
      Tensor dy = inputs.get(1);
      Tensor dx = outputs.get(0);
      long elements = dx.elements();
      return () -> {
        for (long i = 0; i < elements; i++) {
          dx.set(i, dy.get(i) * function.derivative(inputOrOutput.get(i)));
        }
      };
    }
  }
}
