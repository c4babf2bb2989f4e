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
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** {@link Conv2d} through cuDNN: {@code x, weight, bias? -> y}. */
final class CudnnConv2d implements Op {

  private static final int ALGORITHMS = cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_COUNT;

  private final CudnnConvolution convolution;
  private final cudnnTensorDescriptor bias;
  private final ConvolutionAlgorithm algorithm;

  CudnnConv2d(OpContext context, Conv2d conv) {
    TensorType x = context.input(0);
    TensorType weight = context.input(1);
    TensorType y = context.output();
    this.convolution = CudnnConvolution.of(context, conv, x.shape(), weight.shape(), y.shape());
    this.bias = convolution.tensors().perChannel(y.shape().dim(1));
    this.algorithm =
        ConvolutionAlgorithm.fastest(
            context, List.of(conv, x, weight), List.of(x, weight, y), workspaces(), this::measure);
  }

  private LongStream workspaces() {
    CudnnConvolution with = convolution;
    long[] bytes = new long[1];
    return IntStream.range(0, ALGORITHMS)
        .filter(number ->
            JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                    with.handle(),
                    with.image(),
                    with.filters(),
                    with.convolution(),
                    with.result(),
                    number,
                    bytes)
                == Cudnn.SUCCESS)
        .mapToLong(_ -> bytes[0]);
  }

  private List<ConvolutionAlgorithm.Trial> measure(
      List<Pointer> operands, Pointer workspace, long workspaceBytes) {
    CudnnConvolution with = convolution;
    int[] count = new int[1];
    cudnnConvolutionFwdAlgoPerf[] results = new cudnnConvolutionFwdAlgoPerf[ALGORITHMS];
    Cudnn.check(
        "cudnnFindConvolutionForwardAlgorithmEx",
        JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
            with.handle(),
            with.image(),
            operands.get(0),
            with.filters(),
            operands.get(1),
            with.convolution(),
            with.result(),
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
    Pointer weight = DeviceBuffer.of(inputs.get(1)).pointer();
    Pointer y = DeviceBuffer.of(outputs.getFirst()).pointer();
    Pointer scratch = DeviceBuffer.of(workspace).pointer();
    CudnnConvolution with = convolution;
    Kernel convolve =
        () ->
            Cudnn.check(
                "cudnnConvolutionForward",
                JCudnn.cudnnConvolutionForward(
                    with.handle(),
                    with.one(),
                    with.image(),
                    x,
                    with.filters(),
                    weight,
                    with.convolution(),
                    algorithm.number(),
                    scratch,
                    algorithm.workspaceBytes(),
                    with.zero(),
                    with.result(),
                    y));
    return inputs.size() == 2
        ? convolve
        : StreamWork.inOrder(List.of(convolve, addBias(inputs.get(2), y)));
  }

  private Kernel addBias(Buffer of, Pointer y) {
    Pointer values = DeviceBuffer.of(of).pointer();
    CudnnConvolution with = convolution;
    return () ->
        Cudnn.check(
            "cudnnAddTensor",
            JCudnn.cudnnAddTensor(
                with.handle(), with.one(), bias, values, with.one(), with.result(), y));
  }

  @Override
  public long workspaceBytes() {
    return algorithm.workspaceBytes();
  }

  @Override
  public String describe() {
    return "cudnnConvolutionForward, algorithm " + algorithm.number();
  }
}
