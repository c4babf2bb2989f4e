package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.BatchNorm;
import dev.kiln.tensor.TensorType;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnBatchNormOps;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * {@link ReservedBatchNorm} and its gradient through the calls of cuDNN that run its kernels for
 * images whose channels lie last: those that are given scratch memory and a reserve (cuDNN,
 * cudnnBatchNormalizationForwardTrainingEx).
 */
final class CudnnReservedNorm {

  private static final int MODE = cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL_PERSISTENT;
  private static final int NORM_ALONE = cudnnBatchNormOps.CUDNN_BATCHNORM_OPS_BN;
  private static final long ALIGNMENT = 256;

  /** What the calls take for something that is added or an activation, which there is none of. */
  private static final cudnnTensorDescriptor NO_TENSOR = new cudnnTensorDescriptor();

  private static final cudnnActivationDescriptor NO_ACTIVATION = new cudnnActivationDescriptor();
  private static final Pointer NOTHING = new Pointer();

  private CudnnReservedNorm() {}

  /** Asks how much is kept for the gradient of a normalization of these images. */
  static CudnnReserve reserve(CudaEngine engine, TensorType x) {
    long[] bytes = new long[1];
    try (NativeScope scope = new NativeScope()) {
      OpContext context = new OpContext(engine, scope, List.of(x), List.of(x));
      Cudnn.check(
          "cudnnGetBatchNormalizationTrainingExReserveSpaceSize",
          JCudnn.cudnnGetBatchNormalizationTrainingExReserveSpaceSize(
              engine.cudnn().handle(),
              MODE,
              NORM_ALONE,
              NO_ACTIVATION,
              CudnnTensors.of(context).images(x.shape()),
              bytes));
    }
    return new CudnnReserve(bytes[0]);
  }

  /** Compiles {@link ReservedBatchNorm}. */
  static Op training(OpContext context, BatchNorm spec) {
    CudnnNorm norm = CudnnNorm.of(context, spec.epsilon());
    long[] scratch = new long[1];
    Cudnn.check(
        "cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize",
        JCudnn.cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(
            norm.handle(),
            MODE,
            NORM_ALONE,
            norm.images(),
            NO_TENSOR,
            norm.images(),
            norm.perChannel(),
            NO_ACTIVATION,
            scratch));
    return new Training(norm, spec.momentum(), scratch[0]);
  }

  /** Compiles {@link ReservedBatchNorm.Grad}. */
  static Op grad(OpContext context, BatchNorm.Grad spec) {
    CudnnNorm norm = CudnnNorm.of(context, spec.epsilon());
    long[] scratch = new long[1];
    Cudnn.check(
        "cudnnGetBatchNormalizationBackwardExWorkspaceSize",
        JCudnn.cudnnGetBatchNormalizationBackwardExWorkspaceSize(
            norm.handle(),
            MODE,
            NORM_ALONE,
            norm.images(),
            NO_TENSOR,
            norm.images(),
            NO_TENSOR,
            norm.images(),
            norm.perChannel(),
            NO_ACTIVATION,
            scratch));
    return new Backward(norm, scratch[0]);
  }

  /** The inverse deviations come first in the scratch memory, then what cuDNN asked for. */
  private static long scratchStart(CudnnNorm norm) {
    return (norm.statisticBytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * {@code x, weight, bias, runningMean, runningVariance -> y, mean, variance, runningMean,
   * runningVariance, reserve}.
   */
  private record Training(CudnnNorm norm, double momentum, long scratchBytes) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnNorm with = norm;
      Kernel copyStatistics = with.copyOfRunningStatistics(inputs, outputs);
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer weight = DeviceBuffer.pointer(inputs, 1);
      Pointer bias = DeviceBuffer.pointer(inputs, 2);
      Pointer y = DeviceBuffer.pointer(outputs, 0);
      Pointer mean = DeviceBuffer.pointer(outputs, 1);
      Pointer runningMean = DeviceBuffer.pointer(outputs, 3);
      Pointer runningVariance = DeviceBuffer.pointer(outputs, 4);
      DeviceBuffer reserve = DeviceBuffer.of(outputs.get(ReservedBatchNorm.RESERVE));
      DeviceBuffer inverse = DeviceBuffer.of(workspace).slice(0, with.statisticBytes());
      DeviceBuffer scratch = DeviceBuffer.of(workspace).slice(scratchStart(with), scratchBytes);
      Kernel variance = with.variances(inverse, outputs.get(2));
      return () -> {
        copyStatistics.run();
        Cudnn.check(
            "cudnnBatchNormalizationForwardTrainingEx",
            JCudnn.cudnnBatchNormalizationForwardTrainingEx(
                with.handle(),
                MODE,
                NORM_ALONE,
                with.one(),
                with.zero(),
                with.images(),
                x,
                NO_TENSOR,
                NOTHING,
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
                inverse.pointer(),
                NO_ACTIVATION,
                scratch.pointer(),
                scratch.bytes(),
                reserve.pointer(),
                reserve.bytes()));
        variance.run();
      };
    }

    @Override
    public long workspaceBytes() {
      return scratchStart(norm) + scratchBytes;
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationForwardTrainingEx, channels last";
    }
  }

  /** {@code x, weight, mean, variance, dy, reserve -> dx, dweight, dbias}. */
  private record Backward(CudnnNorm norm, long scratchBytes) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnNorm with = norm;
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer weight = DeviceBuffer.pointer(inputs, 1);
      Pointer mean = DeviceBuffer.pointer(inputs, 2);
      Pointer dy = DeviceBuffer.pointer(inputs, 4);
      DeviceBuffer reserve = DeviceBuffer.of(inputs.get(ReservedBatchNorm.RESERVE));
      Pointer dx = DeviceBuffer.pointer(outputs, 0);
      Pointer dweight = DeviceBuffer.pointer(outputs, 1);
      Pointer dbias = DeviceBuffer.pointer(outputs, 2);
      DeviceBuffer inverse = DeviceBuffer.of(workspace).slice(0, with.statisticBytes());
      DeviceBuffer scratch = DeviceBuffer.of(workspace).slice(scratchStart(with), scratchBytes);
      Kernel invert = with.inverseDeviations(inputs.get(3), inverse);
      return () -> {
        invert.run();
        Cudnn.check(
            "cudnnBatchNormalizationBackwardEx",
            JCudnn.cudnnBatchNormalizationBackwardEx(
                with.handle(),
                MODE,
                NORM_ALONE,
                with.one(),
                with.zero(),
                with.one(),
                with.zero(),
                with.images(),
                x,
                NO_TENSOR,
                NOTHING,
                with.images(),
                dy,
                NO_TENSOR,
                NOTHING,
                with.images(),
                dx,
                with.perChannel(),
                weight,
                NOTHING,
                dweight,
                dbias,
                with.epsilon(),
                mean,
                inverse.pointer(),
                NO_ACTIVATION,
                scratch.pointer(),
                scratch.bytes(),
                reserve.pointer(),
                reserve.bytes()));
      };
    }

    @Override
    public long workspaceBytes() {
      return scratchStart(norm) + scratchBytes;
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationBackwardEx, channels last";
    }
  }
}
