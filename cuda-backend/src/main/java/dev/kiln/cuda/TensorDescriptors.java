package dev.kiln.cuda;

import dev.kiln.backend.Precision;
import dev.kiln.tensor.ChannelsLast;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/**
 * Describes the tensors of one operation to cuDNN, all of one element type and in one order, in
 * four dimensions. What it makes belongs to the operation's scope.
 *
 * @param scope what owns the descriptors
 * @param dtype the type of the elements
 * @param format what cuDNN calls the order of images and filters
 */
record TensorDescriptors(NativeScope scope, DType dtype, int format) {

  /**
   * Describes the tensors of an operation by the type of its first output, with the channels last
   * if any of them lies so: of the others both orders are then the same.
   */
  static TensorDescriptors of(OpContext context) {
    boolean last =
        Stream.concat(context.inputs().stream(), context.outputs().stream())
            .anyMatch(type -> type.layout() == ChannelsLast.LAYOUT);
    return new TensorDescriptors(
        context.scope(),
        context.output().dtype(),
        last ? cudnnTensorFormat.CUDNN_TENSOR_NHWC : cudnnTensorFormat.CUDNN_TENSOR_NCHW);
  }

  /** Describes row-major tensors. */
  static TensorDescriptors rowMajor(NativeScope scope, DType dtype) {
    return new TensorDescriptors(scope, dtype, cudnnTensorFormat.CUDNN_TENSOR_NCHW);
  }

  /** Returns whether the channels of a pixel are neighbours. */
  boolean channelsLast() {
    return format == cudnnTensorFormat.CUDNN_TENSOR_NHWC;
  }

  /** Returns what cuDNN calls the type of the elements. */
  int type() {
    return switch (dtype) {
      case F32 -> cudnnDataType.CUDNN_DATA_FLOAT;
      case F64 -> cudnnDataType.CUDNN_DATA_DOUBLE;
      case F16 -> cudnnDataType.CUDNN_DATA_HALF;
      case BF16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
      case I32, I64, U8, OPAQUE ->
          throw new IllegalArgumentException("no layer computes with " + dtype);
    };
  }

  /** Returns what cuDNN calls the type that it computes and adds up in. */
  int computeType() {
    return accumulators().type();
  }

  /**
   * Returns how cuDNN may multiply: F32 as such unless TF32 is wanted, low types by tensor cores.
   */
  int math(Precision precision) {
    return switch (dtype) {
      case F16, BF16 -> cudnnMathType.CUDNN_TENSOR_OP_MATH;
      case F32 ->
          precision == Precision.TF32
              ? cudnnMathType.CUDNN_DEFAULT_MATH
              : cudnnMathType.CUDNN_FMA_MATH;
      case F64, I32, I64, U8, OPAQUE -> cudnnMathType.CUDNN_DEFAULT_MATH;
    };
  }

  /** Describes tensors of the type in which sums over these are kept, one number per channel. */
  TensorDescriptors accumulators() {
    return rowMajor(scope, dtype.accumulator());
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
        JCudnn.cudnnSetTensor4dDescriptor(descriptor, format, type(), n, c, h, w));
    return descriptor;
  }
}
