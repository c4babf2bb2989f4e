package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.LayerNorm;
import dev.kiln.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** {@link LayerNorm} in plain Java. */
record ReferenceLayerNorm(LayerNorm norm, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor weight = inputs.get(1);
    Tensor bias = inputs.get(2);
    Tensor y = outputs.get(0);
    Tensor means = outputs.get(1);
    Tensor variances = outputs.get(2);
    long rows = means.elements();
    long length = weight.elements();
    return () -> {
      for (long row = 0; row < rows; row++) {
        long start = row * length;
        double mean = mean(x, start, length);
        double variance = variance(x, start, length, mean);
        double inverse = 1 / Math.sqrt(variance + norm.epsilon());
        for (long i = 0; i < length; i++) {
          double normalized = (x.get(start + i) - mean) * inverse;
          y.set(start + i, normalized * weight.get(i) + bias.get(i));
        }
        means.set(row, mean);
        variances.set(row, variance);
      }
    };
  }

  private static double mean(Tensor x, long start, long length) {
    double sum = 0;
    for (long i = 0; i < length; i++) {
      sum += x.get(start + i);
    }
    return sum / length;
  }

  private static double variance(Tensor x, long start, long length, double mean) {
    double sum = 0;
    for (long i = 0; i < length; i++) {
      double centred = x.get(start + i) - mean;
      sum += centred * centred;
    }
    return sum / length;
  }

  /**
   * {@link LayerNorm.Grad} in plain Java. With {@code n} the normalized value and {@code g = dy
   * weight}: {@code dx = (g - mean(g) - n mean(g n)) / deviation}.
   */
  record Grad(LayerNorm.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor x = inputs.get(0);
      Tensor weight = inputs.get(1);
      Tensor means = inputs.get(2);
      Tensor variances = inputs.get(3);
      Tensor dy = inputs.get(4);
      Tensor dx = outputs.get(0);
      long rows = means.elements();
      double[] weightSums = Elements.arrayFor(weight);
      double[] biasSums = Elements.arrayFor(weight);
      int length = weightSums.length;
      return () -> {
        Arrays.fill(weightSums, 0);
        Arrays.fill(biasSums, 0);
        for (long row = 0; row < rows; row++) {
          long start = row * length;
          double mean = means.get(row);
          double inverse = 1 / Math.sqrt(variances.get(row) + grad.norm().epsilon());
          double sum = 0;
          double productSum = 0;
          for (int i = 0; i < length; i++) {
            double normalized = (x.get(start + i) - mean) * inverse;
            double upstream = dy.get(start + i);
            weightSums[i] += upstream * normalized;
            biasSums[i] += upstream;
            sum += upstream * weight.get(i);
            productSum += upstream * weight.get(i) * normalized;
          }
          for (int i = 0; i < length; i++) {
            double normalized = (x.get(start + i) - mean) * inverse;
            double scaled = dy.get(start + i) * weight.get(i);
            dx.set(start + i, (scaled - sum / length - normalized * productSum / length) * inverse);
          }
        }
        Elements.store(weightSums, outputs.get(1));
        Elements.store(biasSums, outputs.get(2));
      };
    }
  }
}
