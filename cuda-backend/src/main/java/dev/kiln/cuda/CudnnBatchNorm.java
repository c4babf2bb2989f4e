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

/** {@link BatchNorm}, its gradient and {@link BatchNormInference} through cuDNN. */
final class CudnnBatchNorm {

  private CudnnBatchNorm() {}

  /** Compiles {@link BatchNorm}. */
  static Op training(OpContext context, BatchNorm norm) {
    return new Training(CudnnNorm.of(context, norm.epsilon()), mode(context), norm.momentum());
  }

  /** Compiles {@link BatchNorm.Grad}. */
  static Op grad(OpContext context, BatchNorm.Grad grad) {
    return new Backward(CudnnNorm.of(context, grad.epsilon()), mode(context));
  }

  /** Compiles {@link BatchNormInference}. */
  static Op inference(OpContext context, BatchNormInference norm) {
    return new Inference(CudnnNorm.of(context, norm.epsilon()), mode(context));
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
  private record Training(CudnnNorm norm, int mode, double momentum) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnNorm with = norm;
      Kernel copyStatistics = with.copyOfRunningStatistics(inputs, outputs);
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer weight = DeviceBuffer.pointer(inputs, 1);
      Pointer bias = DeviceBuffer.pointer(inputs, 2);
      Pointer y = DeviceBuffer.pointer(outputs, 0);
      Pointer mean = DeviceBuffer.pointer(outputs, 1);
      Pointer inverse = DeviceBuffer.of(workspace).pointer();
      Pointer runningMean = DeviceBuffer.pointer(outputs, 3);
      Pointer runningVariance = DeviceBuffer.pointer(outputs, 4);
      Kernel variance = with.variances(workspace, outputs.get(2));
      return () -> {
        copyStatistics.run();
        Cudnn.check(
            "cudnnBatchNormalizationForwardTraining",
            JCudnn.cudnnBatchNormalizationForwardTraining(
                with.handle(),
                mode,
                with.one(),
                with.zero(),
                with.images(),
                x,
                with.images(),
                y,
                with.perChannel(),
                weight,
                bias,
                momentum,
                runningMean,
                runningVariance,
                with.epsilon(),
                mean,
                inverse));
        variance.run();
      };
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
  private record Backward(CudnnNorm norm, int mode) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnNorm with = norm;
      Kernel invert = with.inverseDeviations(inputs.get(3), workspace);
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer weight = DeviceBuffer.pointer(inputs, 1);
      Pointer mean = DeviceBuffer.pointer(inputs, 2);
      Pointer inverse = DeviceBuffer.of(workspace).pointer();
      Pointer dy = DeviceBuffer.pointer(inputs, 4);
      Pointer dx = DeviceBuffer.pointer(outputs, 0);
      Pointer dweight = DeviceBuffer.pointer(outputs, 1);
      Pointer dbias = DeviceBuffer.pointer(outputs, 2);
      return () -> {
        invert.run();
        Cudnn.check(
            "cudnnBatchNormalizationBackward",
            JCudnn.cudnnBatchNormalizationBackward(
                with.handle(),
                mode,
                with.one(),
                with.zero(),
                with.one(),
                with.zero(),
                with.images(),
                x,
                with.images(),
                dy,
                with.images(),
                dx,
                with.perChannel(),
                weight,
                dweight,
                dbias,
                with.epsilon(),
                mean,
                inverse));
      };
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
  private record Inference(CudnnNorm norm, int mode) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnNorm with = norm;
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
                  with.handle(),
                  mode,
                  with.one(),
                  with.zero(),
                  with.images(),
                  x,
                  with.images(),
                  y,
                  with.perChannel(),
                  weight,
                  bias,
                  mean,
                  variance,
                  with.epsilon()));
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationForwardInference";
    }
  }
}
