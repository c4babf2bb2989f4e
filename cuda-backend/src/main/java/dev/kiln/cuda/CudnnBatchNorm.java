package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBatchNormMode;

/**
 * {@link BatchNorm}, its gradient and {@link BatchNormInference} through cuDNN. While training, of
 * images whose channels lie last, {@link CudnnReservedBatchNorm} takes their place.
 */
final class CudnnBatchNorm {

  private CudnnBatchNorm() {}

  /** Compiles {@link BatchNorm}. */
  static Op training(OpContext context, BatchNorm norm) {
    return new Training(
        BatchNormDescriptors.of(context, norm.epsilon()), mode(context), norm.momentum());
  }

  /** Compiles {@link BatchNorm.Grad}. */
  static Op grad(OpContext context, BatchNorm.Grad grad) {
    return new Backward(BatchNormDescriptors.of(context, grad.epsilon()), mode(context));
  }

  /** Compiles {@link BatchNormInference}. */
  static Op inference(OpContext context, BatchNormInference norm) {
    return new Inference(BatchNormDescriptors.of(context, norm.epsilon()), mode(context));
  }

  private static int mode(OpContext context) {
    return context.input(0).shape().rank() == 2
        ? cudnnBatchNormMode.CUDNN_BATCHNORM_PER_ACTIVATION
        : cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL;
  }

  /**
   * {@code x, weight, bias, runningMean, runningVariance -> y, mean, variance, runningMean,
   * runningVariance}.
   */
  private record Training(BatchNormDescriptors norm, int mode, double momentum) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      BatchNormOperands.Forward on = BatchNormOperands.Forward.of(inputs, outputs);
      Pointer inverse = DeviceBuffer.of(workspace).pointer();
      Kernel normalize =
          () ->
              Cudnn.check(
                  "cudnnBatchNormalizationForwardTraining",
                  JCudnn.cudnnBatchNormalizationForwardTraining(
                      norm.handle(),
                      mode,
                      norm.one(),
                      norm.zero(),
                      norm.images(),
                      on.x(),
                      norm.images(),
                      on.y(),
                      norm.perChannel(),
                      on.weight(),
                      on.bias(),
                      momentum,
                      on.runningMean(),
                      on.runningVariance(),
                      norm.epsilon(),
                      on.mean(),
                      inverse));
      return norm.training(inputs, outputs, normalize, workspace);
    }

    @Override
    public long workspaceBytes() {
      return norm.statisticBytes();
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationForwardTraining";
    }
  }

  /** {@code x, weight, mean, variance, dy -> dx, dweight, dbias}. */
  private record Backward(BatchNormDescriptors norm, int mode) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      BatchNormOperands.Backward on = BatchNormOperands.Backward.of(inputs, outputs);
      Pointer inverse = DeviceBuffer.of(workspace).pointer();
      Kernel differentiate =
          () ->
              Cudnn.check(
                  "cudnnBatchNormalizationBackward",
                  JCudnn.cudnnBatchNormalizationBackward(
                      norm.handle(),
                      mode,
                      norm.one(),
                      norm.zero(),
                      norm.one(),
                      norm.zero(),
                      norm.images(),
                      on.x(),
                      norm.images(),
                      on.dy(),
                      norm.images(),
                      on.dx(),
                      norm.perChannel(),
                      on.weight(),
                      on.dweight(),
                      on.dbias(),
                      norm.epsilon(),
                      on.mean(),
                      inverse));
      return norm.grad(inputs, differentiate, workspace);
    }

    @Override
    public long workspaceBytes() {
      return norm.statisticBytes();
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationBackward";
    }
  }

  /** {@code x, weight, bias, runningMean, runningVariance -> y}. */
  private record Inference(BatchNormDescriptors norm, int mode) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer weight = DeviceBuffer.pointer(inputs, 1);
      Pointer bias = DeviceBuffer.pointer(inputs, 2);
      Pointer mean = DeviceBuffer.pointer(inputs, 3);
      Pointer variance = DeviceBuffer.pointer(inputs, 4);
      Pointer y = DeviceBuffer.pointer(outputs, 0);
      return () ->
          Cudnn.check(
              "cudnnBatchNormalizationForwardInference",
              JCudnn.cudnnBatchNormalizationForwardInference(
                  norm.handle(),
                  mode,
                  norm.one(),
                  norm.zero(),
                  norm.images(),
                  x,
                  norm.images(),
                  y,
                  norm.perChannel(),
                  weight,
                  bias,
                  mean,
                  variance,
                  norm.epsilon()));
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationForwardInference";
    }
  }
}
