package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Pool2d;
import dev.kiln.tensor.Shape;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** {@link Pool2d} for averages and its gradient through cuDNN. */
final class CudnnAveragePool2d {

  private final cudnnHandle handle;
  private final cudnnPoolingDescriptor pooling = new cudnnPoolingDescriptor();
  private final cudnnTensorDescriptor image;
  private final cudnnTensorDescriptor result;
  private final Pointer one;
  private final Pointer zero;

  private CudnnAveragePool2d(OpContext context, Pool2d pool, Shape x, Shape y) {
    this.handle = context.engine().cudnn().handle();
    TensorDescriptors tensors = TensorDescriptors.of(context);
    this.image = tensors.images(x);
    this.result = tensors.images(y);
    this.one = tensors.scalar(1);
    this.zero = tensors.scalar(0);
    Cudnn.check("cudnnCreatePoolingDescriptor", JCudnn.cudnnCreatePoolingDescriptor(pooling));
    context
        .scope()
        .onClose(() ->
            Cudnn.check(
                "cudnnDestroyPoolingDescriptor", JCudnn.cudnnDestroyPoolingDescriptor(pooling)));
    Cudnn.check(
        "cudnnSetPooling2dDescriptor",
        JCudnn.cudnnSetPooling2dDescriptor(
            pooling,
            mode(pool.kind()),
            cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
            pool.kernel().height(),
            pool.kernel().width(),
            pool.padding().height(),
            pool.padding().width(),
            pool.stride().height(),
            pool.stride().width()));
  }

  private static int mode(Pool2d.Kind kind) {
    return switch (kind) {
      case AVERAGE_INCLUDING_PADDING ->
          cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING;
      case AVERAGE_EXCLUDING_PADDING ->
          cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING;
      case MAX -> throw new IllegalArgumentException("CudaMaxPool2d computes the maximum");
    };
  }

  /** Compiles {@code x -> y}. */
  static Op forward(OpContext context, Pool2d pool) {
    return new Forward(
        new CudnnAveragePool2d(context, pool, context.input(0).shape(), context.output().shape()));
  }

  /** Compiles {@code dy -> dx}. */
  static Op grad(OpContext context, Pool2d pool) {
    return new Backward(
        new CudnnAveragePool2d(context, pool, context.output().shape(), context.input(0).shape()));
  }

  private record Forward(CudnnAveragePool2d pool) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Pointer x = DeviceBuffer.pointer(inputs, 0);
      Pointer y = DeviceBuffer.pointer(outputs, 0);
      return () ->
          Cudnn.check(
              "cudnnPoolingForward",
              JCudnn.cudnnPoolingForward(
                  pool.handle, pool.pooling, pool.one, pool.image, x, pool.zero, pool.result, y));
    }

    @Override
    public String describe() {
      return "cudnnPoolingForward";
    }
  }

  /**
   * The gradient of an average depends on neither the image nor the result, though cuDNN asks for
   * both: it is given what has their types.
   */
  private record Backward(CudnnAveragePool2d pool) implements Op {

    @Override
    public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
      Pointer dy = DeviceBuffer.pointer(inputs, 0);
      Pointer dx = DeviceBuffer.pointer(outputs, 0);
      return () ->
          Cudnn.check(
              "cudnnPoolingBackward",
              JCudnn.cudnnPoolingBackward(
                  pool.handle,
                  pool.pooling,
                  pool.one,
                  pool.result,
                  dy,
                  pool.result,
                  dy,
                  pool.image,
                  dx,
                  pool.zero,
                  pool.image,
                  dx));
    }

    @Override
    public String describe() {
      return "cudnnPoolingBackward";
    }
  }
}
