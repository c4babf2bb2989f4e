package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.CorrectCount;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link CorrectCount} in plain Java. */
record ReferenceCorrectCount(CorrectCount spec, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor scores = inputs.get(0);
    Tensor target = inputs.get(1);
    Tensor count = outputs.get(0);
    int classes = scores.shape().dim(1);
    return () -> {
      long correct = 0;
      for (long n = 0; n < target.elements(); n++) {
        long label = (long) target.get(n);
        if (label >= 0 && label < classes) {
          correct += rank(scores, n * classes, classes, (int) label) < spec.k() ? 1 : 0;
        }
      }
      count.set(0, correct);
    };
  }

  /** How many classes of the row that begins at {@code start} rank before the label. */
  private int rank(Tensor scores, long start, int classes, int label) {
    double labelScore = scores.get(start + label);
    int before = 0;
    for (int c = 0; c < classes; c++) {
      before += spec.ranksBefore(c, scores.get(start + c), label, labelScore) ? 1 : 0;
    }
    return before;
  }
}
