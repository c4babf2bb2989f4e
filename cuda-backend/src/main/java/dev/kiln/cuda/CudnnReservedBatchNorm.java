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
final class CudnnReservedBatchNorm {

  private static final int MODE = cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL_PERSISTENT;
  private static final int NORM_ALONE = cudnnBatchNormOps.CUDNN_BATCHNORM_OPS_BN;

  /** What the calls take for something that is added or an activation, which there is none of. */
  private static final cudnnTensorDescriptor NO_TENSOR = new cudnnTensorDescriptor();

  private static final cudnnActivationDescriptor NO_ACTIVATION = new cudnnActivationDescriptor();
  private static final Pointer NOTHING = new Pointer();

  private CudnnReservedBatchNorm() {}

  /** Asks how much is kept for the gradient of a normalization of these images. */
  static ReserveLayout reserve(CudaEngine engine, TensorType x) {
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
              TensorDescriptors.of(context).images(x.shape()),
              bytes));
    }
    return new ReserveLayout(bytes[0]);
  }

  /** Compiles {@link ReservedBatchNorm}. */
  static Op training(OpContext context, BatchNorm spec) {
    BatchNormDescriptors norm = BatchNormDescriptors.of(context, spec.epsilon());
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
    return new Training(norm, spec.momentum(), Parts.of(norm, scratch[0]));
  }

  /** Compiles {@link ReservedBatchNorm.Grad}. */
  static Op grad(OpContext context, BatchNorm.Grad spec) {
    BatchNormDescriptors norm = BatchNormDescriptors.of(context, spec.epsilon());
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
    return new Backward(norm, Parts.of(norm, scratch[0]));
  }

  /** The scratch memory: the inverse deviations, and what cuDNN asked for. */
  private record Parts(Scratch all, Scratch.Part inverse, Scratch.Part own) {

    static Parts of(BatchNormDescriptors norm, long bytes) {
      Scratch all = new Scratch();
      return new Parts(all, all.add(norm.statisticBytes()), all.add(bytes));
    }
  }

  /**
   * {@code x, weight, bias, runningMean, runningVariance -> y, mean, variance, runningMean,
   * runningVariance, reserve}.
   */
  private record Training(BatchNormDescriptors norm, double momentum, Parts parts) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      BatchNormOperands.Forward on = BatchNormOperands.Forward.of(inputs, outputs);
      DeviceBuffer reserve = DeviceBuffer.of(outputs.get(ReservedBatchNorm.RESERVE));
      DeviceBuffer inverse = parts.inverse.in(workspace);
      DeviceBuffer scratch = parts.own.in(workspace);
      Kernel normalize =
          () ->
              Cudnn.check(
                  "cudnnBatchNormalizationForwardTrainingEx",
                  JCudnn.cudnnBatchNormalizationForwardTrainingEx(
                      norm.handle(),
                      MODE,
                      NORM_ALONE,
                      norm.one(),
                      norm.zero(),
                      norm.images(),
                      on.x(),
                      NO_TENSOR,
                      NOTHING,
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
                      inverse.pointer(),
                      NO_ACTIVATION,
                      scratch.pointer(),
                      scratch.bytes(),
                      reserve.pointer(),
                      reserve.bytes()));
      return norm.training(inputs, outputs, normalize, inverse);
    }

    @Override
    public long workspaceBytes() {
      return parts.all.bytes();
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationForwardTrainingEx, channels last";
    }
  }

  /** {@code x, weight, mean, variance, dy, reserve -> dx, dweight, dbias}. */
  private record Backward(BatchNormDescriptors norm, Parts parts) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      BatchNormOperands.Backward on = BatchNormOperands.Backward.of(inputs, outputs);
      DeviceBuffer reserve = DeviceBuffer.of(inputs.get(ReservedBatchNorm.RESERVE));
      DeviceBuffer inverse = parts.inverse.in(workspace);
      DeviceBuffer scratch = parts.own.in(workspace);
      Kernel differentiate =
          () ->
              Cudnn.check(
                  "cudnnBatchNormalizationBackwardEx",
                  JCudnn.cudnnBatchNormalizationBackwardEx(
                      norm.handle(),
                      MODE,
                      NORM_ALONE,
                      norm.one(),
                      norm.zero(),
                      norm.one(),
                      norm.zero(),
                      norm.images(),
                      on.x(),
                      NO_TENSOR,
                      NOTHING,
                      norm.images(),
                      on.dy(),
                      NO_TENSOR,
                      NOTHING,
                      norm.images(),
                      on.dx(),
                      norm.perChannel(),
                      on.weight(),
                      NOTHING,
                      on.dweight(),
                      on.dbias(),
                      norm.epsilon(),
                      on.mean(),
                      inverse.pointer(),
                      NO_ACTIVATION,
                      scratch.pointer(),
                      scratch.bytes(),
                      reserve.pointer(),
                      reserve.bytes()));
      return norm.grad(inputs, differentiate, inverse);
    }

    @Override
    public long workspaceBytes() {
      return parts.all.bytes();
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationBackwardEx, channels last";
    }
  }
}
