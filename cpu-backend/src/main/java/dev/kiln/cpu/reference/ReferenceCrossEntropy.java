package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.CrossEntropy;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link CrossEntropy} in plain Java. */
record ReferenceCrossEntropy(CrossEntropy crossEntropy, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor logits = inputs.get(0);
    Tensor target = inputs.get(1);
    Tensor loss = outputs.get(0);
    Tensor probabilities = outputs.get(1);
    AxisLines rows = AxisLines.of(logits.shape(), 1);
    return () -> {
      double total = 0;
      long count = 0;
      for (int n = 0; n < rows.count(); n++) {
        long start = rows.start(n);
        double largest = rows.largest(logits, start);
        double sum = rows.sumOfExponentials(logits, start, largest);
        for (int c = 0; c < rows.length(); c++) {
          probabilities.set(start + c, Math.exp(logits.get(start + c) - largest) / sum);
        }
        long label = (long) target.get(n);
        if (label != CrossEntropy.IGNORE) {
          total += sampleLoss(logits, start, rows.length(), label, largest, Math.log(sum));
          count++;
        }
      }
      loss.set(0, count == 0 ? 0 : total / count);
    };
  }

  /** The loss of the sample whose logits begin at {@code start}. */
  private double sampleLoss(
      Tensor logits, long start, int classes, long label, double largest, double logSum) {
    if (label < 0 || label >= classes) {
      return Double.NaN;
    }
    double smoothing = crossEntropy.labelSmoothing();
    double onLabel = largest - logits.get(start + label) + logSum;
    if (smoothing == 0) {
      return onLabel;
    }
    double onAll = 0;
    for (int c = 0; c < classes; c++) {
      onAll += largest - logits.get(start + c) + logSum;
    }
    return (1 - smoothing) * onLabel + smoothing / classes * onAll;
  }

  /** {@link CrossEntropy.Grad} in plain Java. An invalid label makes its row not a number. */
  record Grad(CrossEntropy.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor probabilities = inputs.get(0);
      Tensor target = inputs.get(1);
      Tensor dloss = inputs.get(2);
      Tensor dlogits = outputs.get(0);
      int samples = probabilities.shape().dim(0);
      int classes = probabilities.shape().dim(1);
      double smoothing = grad.labelSmoothing();
      return () -> {
        double share = dloss.get(0) / Math.max(1, counted(target));
        for (int n = 0; n < samples; n++) {
          long label = (long) target.get(n);
          double scale = scale(label, classes, share);
          for (int c = 0; c < classes; c++) {
            double wanted = smoothing / classes + (c == label ? 1 - smoothing : 0);
            long at = (long) n * classes + c;
            dlogits.set(at, scale == 0 ? 0 : scale * (probabilities.get(at) - wanted));
          }
        }
      };
    }

    private static long counted(Tensor target) {
      long count = 0;
      for (long n = 0; n < target.elements(); n++) {
        count += target.get(n) == CrossEntropy.IGNORE ? 0 : 1;
      }
      return count;
    }

    private static double scale(long label, int classes, double share) {
      if (label == CrossEntropy.IGNORE) {
        return 0;
      }
      return label >= 0 && label < classes ? share : Double.NaN;
    }
  }
}
