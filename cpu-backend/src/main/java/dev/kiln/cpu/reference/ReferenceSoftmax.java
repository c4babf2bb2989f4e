package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Softmax;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link Softmax} in plain Java. */
record ReferenceSoftmax(Softmax softmax, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    AxisLines lines = AxisLines.of(x.shape(), softmax.axis());
    return () -> {
      for (long line = 0; line < lines.count(); line++) {
        long start = lines.start(line);
        double largest = lines.largest(x, start);
        double sum = lines.sumOfExponentials(x, start, largest);
        for (int i = 0; i < lines.length(); i++) {
          long at = start + i * lines.step();
          y.set(at, Math.exp(x.get(at) - largest) / sum);
        }
      }
    };
  }

  /** {@link Softmax.Grad} in plain Java. */
  record Grad(Softmax.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor y = inputs.get(0);
      Tensor dy = inputs.get(1);
      Tensor dx = outputs.get(0);
      AxisLines lines = AxisLines.of(y.shape(), grad.axis());
      return () -> {
        for (long line = 0; line < lines.count(); line++) {
          long start = lines.start(line);
          double sum = 0;
          for (int i = 0; i < lines.length(); i++) {
            long at = start + i * lines.step();
            sum += y.get(at) * dy.get(at);
          }
          for (int i = 0; i < lines.length(); i++) {
            long at = start + i * lines.step();
            dx.set(at, y.get(at) * (dy.get(at) - sum));
          }
        }
      };
    }
  }
}
