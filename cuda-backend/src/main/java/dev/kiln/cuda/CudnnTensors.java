package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/**
 * Describes the tensors of one operation to cuDNN, all of one element type, row-major, in four
 * dimensions. What it makes belongs to the operation's scope.
 *
 * @param scope what owns the descriptors
 * @param dtype the type of the elements, F32 or F64
 */
record CudnnTensors(NativeScope scope, DType dtype) {

  /** Describes the tensors of an operation by the type of its first output. */
  static CudnnTensors of(OpContext context) {
    return new CudnnTensors(context.scope(), context.output().dtype());
  }

  /** Returns what cuDNN calls the type of the elements. */
  int type() {
    return dtype == DType.F64 ? cudnnDataType.CUDNN_DATA_DOUBLE : cudnnDataType.CUDNN_DATA_FLOAT;
  }

  /** Returns a factor in the form in which cuDNN takes it for this type, in native memory. */
  Pointer scalar(double value) {
    return HostPointer.to(
        dtype == DType.F64
            ? scope.arena().allocateFrom(ValueLayout.JAVA_DOUBLE, value)
            : scope.arena().allocateFrom(ValueLayout.JAVA_FLOAT, (float) value));
  }

  /** Describes images [N, C, H, W], or rows [N, C] as images of one pixel. */
  cudnnTensorDescriptor images(Shape shape) {
    return shape.rank() == 2
        ? describe(shape.dim(0), shape.dim(1), 1, 1)
        : describe(shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3));
  }

  /** Describes one number per channel: [1, C, 1, 1]. */
  cudnnTensorDescriptor perChannel(int channels) {
    return describe(1, channels, 1, 1);
  }

  /** Describes a tensor of four dimensions. */
  cudnnTensorDescriptor describe(int n, int c, int h, int w) {
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    Cudnn.check("cudnnCreateTensorDescriptor", JCudnn.cudnnCreateTensorDescriptor(descriptor));
    scope.onClose(() ->
        Cudnn.check(
            "cudnnDestroyTensorDescriptor", JCudnn.cudnnDestroyTensorDescriptor(descriptor)));
    Cudnn.check(
        "cudnnSetTensor4dDescriptor [%d, %d, %d, %d]".formatted(n, c, h, w),
        JCudnn.cudnnSetTensor4dDescriptor(
            descriptor, cudnnTensorFormat.CUDNN_TENSOR_NCHW, type(), n, c, h, w));
    return descriptor;
  }
}
