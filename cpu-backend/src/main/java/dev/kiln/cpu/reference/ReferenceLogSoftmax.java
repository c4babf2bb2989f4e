package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.LogSoftmax;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link LogSoftmax} in plain Java. */
record ReferenceLogSoftmax(LogSoftmax logSoftmax, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    AxisLines lines = AxisLines.of(x.shape(), logSoftmax.axis());
    return () -> {
      for (long line = 0; line < lines.count(); line++) {
        long start = lines.start(line);
        double largest = lines.largest(x, start);
        double logSum = Math.log(lines.sumOfExponentials(x, start, largest));
        for (int i = 0; i < lines.length(); i++) {
          long at = start + i * lines.step();
          y.set(at, x.get(at) - largest - logSum); // in this order no digits are lost
        }
      }
    };
  }

  /** {@link LogSoftmax.Grad} in plain Java. */
  record Grad(LogSoftmax.Grad grad, OperandTypes types) implements ReferenceOp {

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
            sum += dy.get(start + i * lines.step());
          }
          for (int i = 0; i < lines.length(); i++) {
            long at = start + i * lines.step();
            dx.set(at, dy.get(at) - Math.exp(y.get(at)) * sum);
          }
        }
      };
    }
  }
}
