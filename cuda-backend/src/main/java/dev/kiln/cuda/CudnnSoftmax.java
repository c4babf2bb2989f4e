package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.LogSoftmax;
import dev.kiln.op.Softmax;
import dev.kiln.tensor.Shape;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnSoftmaxAlgorithm;
import jcuda.jcudnn.cudnnSoftmaxMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * {@link Softmax} and {@link LogSoftmax} and their gradients through cuDNN, which takes the axis of
 * the classes for the channels of images: any tensor is [before the axis, axis, after the axis, 1].
 */
final class CudnnSoftmax {

  private static final int ALONG_CHANNELS = cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_CHANNEL;

  private final int algorithm;
  private final cudnnHandle handle;
  private final cudnnTensorDescriptor type;
  private final Pointer one;
  private final Pointer zero;

  private CudnnSoftmax(OpContext context, int axis, int algorithm) {
    this.algorithm = algorithm;
    this.handle = context.engine().cudnn().handle();
    TensorDescriptors tensors = TensorDescriptors.of(context);
    Shape shape = context.output().shape();
    this.type =
        tensors.describe(
            product(shape, 0, axis), shape.dim(axis), product(shape, axis + 1, shape.rank()), 1);
    this.one = tensors.scalar(1);
    this.zero = tensors.scalar(0);
  }

  private static int product(Shape shape, int from, int to) {
    long product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= shape.dim(axis);
    }
    return Math.toIntExact(product);
  }

  /** Compiles {@link Softmax}. */
  static Op softmax(OpContext context, int axis) {
    return new Forward(
        new CudnnSoftmax(context, axis, cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE));
  }

  /** Compiles {@link LogSoftmax}. */
  static Op logSoftmax(OpContext context, int axis) {
    return new Forward(new CudnnSoftmax(context, axis, cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_LOG));
  }

  /** Compiles {@link Softmax.Grad}. */
  static Op softmaxGrad(OpContext context, int axis) {
    return new Backward(
        new CudnnSoftmax(context, axis, cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE));
  }

  /** Compiles {@link LogSoftmax.Grad}. */
  static Op logSoftmaxGrad(OpContext context, int axis) {
    return new Backward(new CudnnSoftmax(context, axis, cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_LOG));
  }

  /** {@code x -> y}. */
  private record Forward(CudnnSoftmax softmax) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer y = DeviceBuffer.pointer(outputs, 0);
      return () ->
          Cudnn.check(
              "cudnnSoftmaxForward",
              JCudnn.cudnnSoftmaxForward(
                  softmax.handle,
                  softmax.algorithm,
                  ALONG_CHANNELS,
                  softmax.one,
                  softmax.type,
                  x,
                  softmax.zero,
                  softmax.type,
                  y));
    }

    @Override
    public String describe() {
      return "cudnnSoftmaxForward";
    }
  }

  /** {@code y, dy -> dx}. */
  private record Backward(CudnnSoftmax softmax) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Pointer y = DeviceBuffer.pointer(inputs, 0);
      Pointer dy = DeviceBuffer.pointer(inputs, 1);
      Pointer dx = DeviceBuffer.pointer(outputs, 0);
      return () ->
          Cudnn.check(
              "cudnnSoftmaxBackward",
              JCudnn.cudnnSoftmaxBackward(
                  softmax.handle,
                  softmax.algorithm,
                  ALONG_CHANNELS,
                  softmax.one,
                  softmax.type,
                  y,
                  softmax.type,
                  dy,
                  softmax.zero,
                  softmax.type,
                  dx));
    }

    @Override
    public String describe() {
      return "cudnnSoftmaxBackward";
    }
  }
}
