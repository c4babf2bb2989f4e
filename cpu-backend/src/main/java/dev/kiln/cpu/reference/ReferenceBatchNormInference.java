package dev.kiln.cpu.reference;

import dev.kiln.backend.Kernel;
import dev.kiln.op.BatchNormInference;
import dev.kiln.tensor.Tensor;
import java.util.List;

/** {@link BatchNormInference} in plain Java. */
record ReferenceBatchNormInference(BatchNormInference norm, OperandTypes types)
    implements ReferenceOp {

  @Override
  public Kernel kernel(List<Tensor> inputs, List<Tensor> outputs) {
    Tensor x = inputs.get(0);
    Tensor weight = inputs.get(1);
    Tensor bias = inputs.get(2);
    Tensor mean = inputs.get(3);
    Tensor variance = inputs.get(4);
    ChannelPlanes planes = ChannelPlanes.of(x.shape());
    return () -> {
      for (int c = 0; c < planes.channels(); c++) {
        double scale = weight.get(c) / Math.sqrt(variance.get(c) + norm.epsilon());
        ReferenceBatchNorm.normalize(planes, x, c, mean.get(c), scale, bias.get(c), outputs.get(0));
      }
    };
  }
}
