package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.BatchNorm;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link BatchNorm} in plain Java: one channel after the other. */
record ReferenceBatchNorm(BatchNorm norm, OperandTypes types) implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor runningMean = inputs.get(3);
    Tensor runningVariance = inputs.get(4);
    Tensor y = outputs.get(0);
    ChannelPlanes planes = ChannelPlanes.of(x.shape());
    double unbiased = (double) planes.count() / (planes.count() - 1);
    return () -> {
      for (int c = 0; c < planes.channels(); c++) {
        double mean = mean(planes, x, c);
        double variance = variance(planes, x, c, mean);
        double scale = inputs.get(1).get(c) / Math.sqrt(variance + norm.epsilon());
        normalize(planes, x, c, mean, scale, inputs.get(2).get(c), y);
        outputs.get(1).set(c, mean);
        outputs.get(2).set(c, variance);
        outputs.get(3).set(c, moved(runningMean.get(c), mean));
        outputs.get(4).set(c, moved(runningVariance.get(c), variance * unbiased));
      }
    };
  }

  private double moved(double running, double batch) {
    return (1 - norm.momentum()) * running + norm.momentum() * batch;
  }

  private static double mean(ChannelPlanes planes, Tensor x, int channel) {
    double sum = 0;
    for (int n = 0; n < planes.batch(); n++) {
      long start = planes.start(n, channel);
      for (int i = 0; i < planes.size(); i++) {
        sum += x.get(start + i);
      }
    }
    return sum / planes.count();
  }

  private static double variance(ChannelPlanes planes, Tensor x, int channel, double mean) {
    double sum = 0;
    for (int n = 0; n < planes.batch(); n++) {
      long start = planes.start(n, channel);
      for (int i = 0; i < planes.size(); i++) {
        double centred = x.get(start + i) - mean;
        sum += centred * centred;
      }
    }
    return sum / planes.count();
  }

  /** {@code y = (x - mean) scale + bias} in one channel. */
  static void normalize(
      ChannelPlanes planes,
      Tensor x,
      int channel,
      double mean,
      double scale,
      double bias,
      Tensor y) {
    for (int n = 0; n < planes.batch(); n++) {
      long start = planes.start(n, channel);
      for (int i = 0; i < planes.size(); i++) {
        y.set(start + i, (x.get(start + i) - mean) * scale + bias);
      }
    }
  }

  /**
   * {@link BatchNorm.Grad} in plain Java. With {@code n} the normalized value: {@code dx = (dy -
   * mean(dy) - n mean(dy n)) weight / deviation}.
   */
  record Grad(BatchNorm.Grad grad, OperandTypes types) implements ReferenceOp {

    @Override
    public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
      Tensor x = inputs.get(0);
      ChannelPlanes planes = ChannelPlanes.of(x.shape());
      return () -> {
        for (int c = 0; c < planes.channels(); c++) {
          channel(planes, c, inputs, outputs);
        }
      };
    }

    private void channel(
        ChannelPlanes planes, int channel, List<Tensor> inputs, List<Tensor> outputs) {
      Tensor x = inputs.get(0);
      Tensor dy = inputs.get(4);
      Tensor dx = outputs.get(0);
      double mean = inputs.get(2).get(channel);
      double inverse = 1 / Math.sqrt(inputs.get(3).get(channel) + grad.epsilon());
      double sum = 0;
      double productSum = 0;
      for (int n = 0; n < planes.batch(); n++) {
        long start = planes.start(n, channel);
        for (int i = 0; i < planes.size(); i++) {
          double upstream = dy.get(start + i);
          sum += upstream;
          productSum += upstream * (x.get(start + i) - mean) * inverse;
        }
      }
      double scale = inputs.get(1).get(channel) * inverse;
      double meanUpstream = sum / planes.count();
      double meanProduct = productSum / planes.count();
      for (int n = 0; n < planes.batch(); n++) {
        long start = planes.start(n, channel);
        for (int i = 0; i < planes.size(); i++) {
          double normalized = (x.get(start + i) - mean) * inverse;
          dx.set(start + i, (dy.get(start + i) - meanUpstream - normalized * meanProduct) * scale);
        }
      }
      outputs.get(1).set(channel, productSum);
      outputs.get(2).set(channel, sum);
    }
  }
}
