package dev.kiln.cuda;

import dev.kiln.backend.Precision;
import dev.kiln.op.Conv2d;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * A convolution as cuDNN describes it, for the convolution itself and both gradients.
 *
 * @param tensors describes what belongs to the operation
 * @param handle the library's handle
 * @param image x [N, C, H, W], in the order of the tensors
 * @param filters weight [O, C / groups, kH, kW], in the same order
 * @param result y [N, O, outH, outW], in the same order
 * @param convolution strides, padding, dilation and groups
 * @param channels O
 * @param one the factor of what is computed
 * @param zero the factor of what was there before
 */
record ConvolutionDescriptors(
    TensorDescriptors tensors,
    cudnnHandle handle,
    cudnnTensorDescriptor image,
    cudnnFilterDescriptor filters,
    cudnnTensorDescriptor result,
    cudnnConvolutionDescriptor convolution,
    int channels,
    Pointer one,
    Pointer zero) {

  /** Describes the convolution that an operation computes or is a gradient of. */
  static ConvolutionDescriptors of(OpContext context, Conv2d conv, ConvolutionPass pass) {
    TensorType first = context.input(0);
    TensorType second = context.input(1);
    return switch (pass) {
      case FORWARD -> of(context, conv, first, second, context.output());
      case INPUT_GRAD -> of(context, conv, context.output(), second, first);
      case WEIGHT_GRAD -> of(context, conv, first, context.output(), second);
    };
  }

  private static ConvolutionDescriptors of(
      OpContext context, Conv2d conv, TensorType x, TensorType weight, TensorType y) {
    TensorDescriptors tensors = TensorDescriptors.of(context);
    return new ConvolutionDescriptors(
        tensors,
        context.engine().cudnn().handle(),
        tensors.images(x.shape()),
        filters(tensors, weight.shape()),
        tensors.images(y.shape()),
        convolution(tensors, conv, context.engine().options().precision()),
        weight.shape().dim(0),
        tensors.scalar(1),
        tensors.scalar(0));
  }

  private static cudnnFilterDescriptor filters(TensorDescriptors tensors, Shape weight) {
    cudnnFilterDescriptor filters = new cudnnFilterDescriptor();
    Cudnn.check("cudnnCreateFilterDescriptor", JCudnn.cudnnCreateFilterDescriptor(filters));
    tensors
        .scope()
        .onClose(() ->
            Cudnn.check(
                "cudnnDestroyFilterDescriptor", JCudnn.cudnnDestroyFilterDescriptor(filters)));
    Cudnn.check(
        "cudnnSetFilter4dDescriptor",
        JCudnn.cudnnSetFilter4dDescriptor(
            filters,
            tensors.type(),
            tensors.format(),
            weight.dim(0),
            weight.dim(1),
            weight.dim(2),
            weight.dim(3)));
    return filters;
  }

  private static cudnnConvolutionDescriptor convolution(
      TensorDescriptors tensors, Conv2d conv, Precision precision) {
    cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
    Cudnn.check(
        "cudnnCreateConvolutionDescriptor", JCudnn.cudnnCreateConvolutionDescriptor(convolution));
    tensors
        .scope()
        .onClose(() ->
            Cudnn.check(
                "cudnnDestroyConvolutionDescriptor",
                JCudnn.cudnnDestroyConvolutionDescriptor(convolution)));
    Cudnn.check(
        "cudnnSetConvolution2dDescriptor",
        JCudnn.cudnnSetConvolution2dDescriptor(
            convolution,
            conv.padding().height(),
            conv.padding().width(),
            conv.stride().height(),
            conv.stride().width(),
            conv.dilation().height(),
            conv.dilation().width(),
            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
            tensors.computeType()));
    Cudnn.check(
        "cudnnSetConvolutionGroupCount",
        JCudnn.cudnnSetConvolutionGroupCount(convolution, conv.groups()));
    Cudnn.check(
        "cudnnSetConvolutionMathType",
        JCudnn.cudnnSetConvolutionMathType(convolution, tensors.math(precision)));
    return convolution;
  }
}
