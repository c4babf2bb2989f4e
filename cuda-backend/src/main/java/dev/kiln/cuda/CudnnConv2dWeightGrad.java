package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Conv2d;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** {@link Conv2d.WeightGrad} through cuDNN: {@code x, dy -> dweight, dbias?}. */
final class CudnnConv2dWeightGrad implements Op {

  private static final int ALGORITHMS =
      cudnnConvolutionBwdFilterAlgo.CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT;

  private final CudnnConvolution convolution;
  private final cudnnTensorDescriptor bias;
  private final ConvolutionAlgorithm algorithm;

  CudnnConv2dWeightGrad(OpContext context, Conv2d.WeightGrad grad) {
    TensorType x = context.input(0);
    TensorType dy = context.input(1);
    TensorType dweight = context.output();
    this.convolution =
        CudnnConvolution.of(context, grad.conv(), x.shape(), dweight.shape(), dy.shape());
    this.bias = convolution.tensors().perChannel(dy.shape().dim(1));
    this.algorithm =
        ConvolutionAlgorithm.fastest(
            context, List.of(grad, x, dy), List.of(x, dy, dweight), workspaces(), this::measure);
  }

  private LongStream workspaces() {
    CudnnConvolution with = convolution;
    long[] bytes = new long[1];
    return IntStream.range(0, ALGORITHMS)
        .filter(number ->
            JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                    with.handle(),
                    with.image(),
                    with.result(),
                    with.convolution(),
                    with.filters(),
                    number,
                    bytes)
                == Cudnn.SUCCESS)
        .mapToLong(_ -> bytes[0]);
  }

  private List<ConvolutionAlgorithm.Trial> measure(
      List<Pointer> operands, Pointer workspace, long workspaceBytes) {
    CudnnConvolution with = convolution;
    int[] count = new int[1];
    cudnnConvolutionBwdFilterAlgoPerf[] results = new cudnnConvolutionBwdFilterAlgoPerf[ALGORITHMS];
    Cudnn.check(
        "cudnnFindConvolutionBackwardFilterAlgorithmEx",
        JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
            with.handle(),
            with.image(),
            operands.get(0),
            with.result(),
            operands.get(1),
            with.convolution(),
            with.filters(),
            operands.get(2),
            ALGORITHMS,
            count,
            results,
            workspace,
            workspaceBytes));
    return ConvolutionAlgorithm.filled(results, count)
        .map(result ->
            new ConvolutionAlgorithm.Trial(
                result.status,
                new ConvolutionAlgorithm(result.algo, result.memory),
                result.determinism))
        .toList();
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    Pointer x = DeviceBuffer.of(inputs.get(0)).pointer();
    Pointer dy = DeviceBuffer.of(inputs.get(1)).pointer();
    Pointer dweight = DeviceBuffer.of(outputs.get(0)).pointer();
    Pointer scratch = DeviceBuffer.of(workspace).pointer();
    CudnnConvolution with = convolution;
    Kernel filters =
        () ->
            Cudnn.check(
                "cudnnConvolutionBackwardFilter",
                JCudnn.cudnnConvolutionBackwardFilter(
                    with.handle(),
                    with.one(),
                    with.image(),
                    x,
                    with.result(),
                    dy,
                    with.convolution(),
                    algorithm.number(),
                    scratch,
                    algorithm.workspaceBytes(),
                    with.zero(),
                    with.filters(),
                    dweight));
    return outputs.size() == 1
        ? filters
        : StreamWork.inOrder(List.of(filters, biasGrad(dy, outputs.get(1))));
  }

  private Kernel biasGrad(Pointer dy, Buffer to) {
    Pointer dbias = DeviceBuffer.of(to).pointer();
    CudnnConvolution with = convolution;
    return () ->
        Cudnn.check(
            "cudnnConvolutionBackwardBias",
            JCudnn.cudnnConvolutionBackwardBias(
                with.handle(), with.one(), with.result(), dy, with.zero(), bias, dbias));
  }

  @Override
  public long workspaceBytes() {
    return algorithm.workspaceBytes();
  }

  @Override
  public String describe() {
    return "cudnnConvolutionBackwardFilter, algorithm " + algorithm.number();
  }
}
