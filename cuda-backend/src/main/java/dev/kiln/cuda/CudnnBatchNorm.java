package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.BatchNorm;
import dev.kiln.op.BatchNormInference;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * {@link BatchNorm}, its gradient and {@link BatchNormInference} through cuDNN. It keeps {@code 1 /
 * sqrt(variance + epsilon)} for the gradient where the graph keeps the variance, so kernels turn
 * one into the other.
 */
final class CudnnBatchNorm {

  private static final String FILE = "batch_norm";

  private final OpContext context;
  private final cudnnHandle handle;
  private final double epsilon;
  private final int channels;
  private final int mode;
  private final cudnnTensorDescriptor images;
  private final cudnnTensorDescriptor perChannel;
  private final Pointer one;
  private final Pointer zero;

  private CudnnBatchNorm(OpContext context, double epsilon) {
    this.context = context;
    this.handle = context.engine().cudnn().handle();
    this.epsilon = epsilon;
    Shape x = context.input(0).shape();
    this.channels = x.dim(1);
    this.mode =
        x.rank() == 2
            ? cudnnBatchNormMode.CUDNN_BATCHNORM_PER_ACTIVATION
            : cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL;
    CudnnTensors tensors = CudnnTensors.of(context);
    this.images = tensors.images(x);
    this.perChannel = tensors.accumulators().perChannel(channels);
    this.one = tensors.scalar(1);
    this.zero = tensors.scalar(0);
  }

  /** Compiles {@link BatchNorm}. */
  static Op training(OpContext context, BatchNorm norm) {
    return new Training(
        new CudnnBatchNorm(context, norm.epsilon()),
        norm.momentum(),
        context.function(FILE, "variance_of", statistic(context)));
  }

  /** Compiles {@link BatchNorm.Grad}. */
  static Op grad(OpContext context, BatchNorm.Grad grad) {
    return new Backward(
        new CudnnBatchNorm(context, grad.epsilon()),
        context.function(FILE, "inverse_deviation_of", statistic(context)));
  }

  /** Compiles {@link BatchNormInference}. */
  static Op inference(OpContext context, BatchNormInference norm) {
    return new Inference(new CudnnBatchNorm(context, norm.epsilon()));
  }

  /** Returns the type of what is kept of a channel. */
  private static DType statistic(OpContext context) {
    return context.input(0).dtype().accumulator();
  }

  private long statisticBytes() {
    return (long) channels * statistic(context).bytes();
  }

  private Kernel convert(CudaFunction function, Buffer from, Buffer to) {
    return context
        .launch(function)
        .number((long) channels)
        .buffer(from)
        .buffer(to)
        .number(epsilon)
        .over(channels);
  }

  private static DeviceBuffer buffer(List<Buffer> buffers, int index) {
    return DeviceBuffer.of(buffers.get(index));
  }

  private static Pointer pointer(List<Buffer> buffers, int index) {
    return buffer(buffers, index).pointer();
  }

  /**
   * {@code x, weight, bias, runningMean, runningVariance -> y, mean, variance, runningMean,
   * runningVariance}.
   */
  private record Training(CudnnBatchNorm norm, double momentum, CudaFunction varianceOf)
      implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnBatchNorm with = norm;
      CudaContext device = with.context.engine().context();
      Kernel copyMean = StreamWork.copy(device, buffer(inputs, 3), buffer(outputs, 3));
      Kernel copyVariance = StreamWork.copy(device, buffer(inputs, 4), buffer(outputs, 4));
      Pointer x = pointer(inputs, 0);
      Pointer weight = pointer(inputs, 1);
      Pointer bias = pointer(inputs, 2);
      Pointer y = pointer(outputs, 0);
      Pointer mean = pointer(outputs, 1);
      Pointer inverse = DeviceBuffer.of(workspace).pointer();
      Pointer runningMean = pointer(outputs, 3);
      Pointer runningVariance = pointer(outputs, 4);
      Kernel variance = with.convert(varianceOf, workspace, outputs.get(2));
      return () -> {
        copyMean.run();
        copyVariance.run();
        Cudnn.check(
            "cudnnBatchNormalizationForwardTraining",
            JCudnn.cudnnBatchNormalizationForwardTraining(
                with.handle,
                with.mode,
                with.one,
                with.zero,
                with.images,
                x,
                with.images,
                y,
                with.perChannel,
                weight,
                bias,
                momentum,
                runningMean,
                runningVariance,
                with.epsilon,
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
  private record Backward(CudnnBatchNorm norm, CudaFunction inverseDeviationOf) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnBatchNorm with = norm;
      Kernel invert = with.convert(inverseDeviationOf, inputs.get(3), workspace);
      Pointer x = pointer(inputs, 0);
      Pointer weight = pointer(inputs, 1);
      Pointer mean = pointer(inputs, 2);
      Pointer inverse = DeviceBuffer.of(workspace).pointer();
      Pointer dy = pointer(inputs, 4);
      Pointer dx = pointer(outputs, 0);
      Pointer dweight = pointer(outputs, 1);
      Pointer dbias = pointer(outputs, 2);
      return () -> {
        invert.run();
        Cudnn.check(
            "cudnnBatchNormalizationBackward",
            JCudnn.cudnnBatchNormalizationBackward(
                with.handle,
                with.mode,
                with.one,
                with.zero,
                with.one,
                with.zero,
                with.images,
                x,
                with.images,
                dy,
                with.images,
                dx,
                with.perChannel,
                weight,
                dweight,
                dbias,
                with.epsilon,
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
  private record Inference(CudnnBatchNorm norm) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      CudnnBatchNorm with = norm;
      Pointer x = pointer(inputs, 0);
      Pointer weight = pointer(inputs, 1);
      Pointer bias = pointer(inputs, 2);
      Pointer mean = pointer(inputs, 3);
      Pointer variance = pointer(inputs, 4);
      Pointer y = pointer(outputs, 0);
      return () ->
          Cudnn.check(
              "cudnnBatchNormalizationForwardInference",
              JCudnn.cudnnBatchNormalizationForwardInference(
                  with.handle,
                  with.mode,
                  with.one,
                  with.zero,
                  with.images,
                  x,
                  with.images,
                  y,
                  with.perChannel,
                  weight,
                  bias,
                  mean,
                  variance,
                  with.epsilon));
    }

    @Override
    public String describe() {
      return "cudnnBatchNormalizationForwardInference";
    }
  }
}
