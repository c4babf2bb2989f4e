package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.Reduce;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** {@link Reduce} in plain Java: one pass over the input in the order in which it lies. */
record ReferenceReduce(Reduce reduce, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor y = outputs.get(0);
    // Seen with the reduced axes as 1, the result is repeated over the input.
    StridedLoop loop =
        new StridedLoop(
            x.shape(), StridedLoop.broadcast(x.shape().reduced(reduce.axes(), true), x.shape()));
    double[] sums = Elements.arrayFor(y);
    double divisor =
        switch (reduce.kind()) {
          case SUM -> 1;
          case MEAN -> (double) x.elements() / y.elements();
        };
    return () -> {
      Arrays.fill(sums, 0);
      add(x, loop, sums);
      for (int i = 0; i < sums.length; i++) {
        y.set(i, sums[i] / divisor);
      }
    };
  }

  private static void add(Tensor x, StridedLoop loop, double[] sums) {
    long length = loop.length();
    int step = (int) loop.step(0);
    for (long row = 0; row < loop.rows(); row++) {
      int target = (int) loop.start(0, row);
      if (step == 0) {
        double sum = 0;
        for (long i = 0; i < length; i++) {
          sum += x.get(row * length + i);
        }
        sums[target] += sum;
      } else {
        for (long i = 0; i < length; i++) {
          sums[target + (int) i * step] += x.get(row * length + i);
        }
      }
    }
  }
}
