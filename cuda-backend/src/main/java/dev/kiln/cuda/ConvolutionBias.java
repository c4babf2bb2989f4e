package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.op.Reduce;
import dev.kiln.tensor.TensorType;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * The bias of a convolution: one number added to every pixel of a channel. Where the channels lie
 * last a result is a matrix [pixels, channels], to which Kiln's own kernels add rows and of which
 * they sum columns; cuDNN's calls are written for planes.
 *
 * @param context where the convolution or its gradient is compiled
 * @param of the convolution
 */
record ConvolutionBias(OpContext context, ConvolutionDescriptors of) {

  private static final Reduce SUM_OF_PIXELS = new Reduce(Reduce.Kind.SUM, List.of(0, 2, 3), false);

  /** Returns what adds a bias [K] to y [N, K, outH, outW]. */
  Kernel add(Buffer bias, Buffer y) {
    if (of.tensors().channelsLast()) {
      long count = context.output().elements();
      return context
          .launch(context.function("elementwise", "add_bias"))
          .number(count)
          .buffer(bias)
          .buffer(y)
          .number((long) of.channels())
          .over(count);
    }
    cudnnTensorDescriptor perChannel = of.tensors().perChannel(of.channels());
    Pointer values = DeviceBuffer.of(bias).pointer();
    Pointer result = DeviceBuffer.of(y).pointer();
    return () ->
        Cudnn.check(
            "cudnnAddTensor",
            JCudnn.cudnnAddTensor(
                of.handle(), of.one(), perChannel, values, of.one(), of.result(), result));
  }

  /** Returns what sums dy [N, K, outH, outW] to the gradient of the bias [K]. */
  Kernel grad(Buffer dy, Buffer dbias, Buffer workspace) {
    if (of.tensors().channelsLast()) {
      return sum().bind(List.of(dy), List.of(dbias), workspace);
    }
    cudnnTensorDescriptor perChannel = of.tensors().perChannel(of.channels());
    Pointer upstream = DeviceBuffer.of(dy).pointer();
    Pointer result = DeviceBuffer.of(dbias).pointer();
    return () ->
        Cudnn.check(
            "cudnnConvolutionBackwardBias",
            JCudnn.cudnnConvolutionBackwardBias(
                of.handle(), of.one(), of.result(), upstream, of.zero(), perChannel, result));
  }

  /** Returns the scratch memory that the gradient needs. */
  long workspaceBytes() {
    return of.tensors().channelsLast() ? sum().workspaceBytes() : 0;
  }

  /** The sum of the second input, dy, into the last output. */
  private CudaReduce sum() {
    TensorType dy = context.input(1);
    TensorType dbias = context.outputs().getLast();
    return new CudaReduce(
        new OpContext(context.engine(), context.scope(), List.of(dy), List.of(dbias)),
        SUM_OF_PIXELS);
  }
}
