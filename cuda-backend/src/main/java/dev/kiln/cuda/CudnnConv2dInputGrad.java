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
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;

/** {@link Conv2d.InputGrad} through cuDNN: {@code dy, weight -> dx}. */
final class CudnnConv2dInputGrad implements Op {

  private static final int ALGORITHMS =
      cudnnConvolutionBwdDataAlgo.CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT;

  private final CudnnConvolution convolution;
  private final ConvolutionAlgorithm algorithm;

  CudnnConv2dInputGrad(OpContext context, Conv2d.InputGrad grad) {
    TensorType dy = context.input(0);
    TensorType weight = context.input(1);
    TensorType dx = context.output();
    this.convolution =
        CudnnConvolution.of(context, grad.conv(), dx.shape(), weight.shape(), dy.shape());
    this.algorithm =
        ConvolutionAlgorithm.fastest(
            context,
            List.of(grad, dy, weight),
            List.of(dy, weight, dx),
            workspaces(),
            this::measure);
  }

  private LongStream workspaces() {
    CudnnConvolution with = convolution;
    long[] bytes = new long[1];
    return IntStream.range(0, ALGORITHMS)
        .filter(number ->
            JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                    with.handle(),
                    with.filters(),
                    with.result(),
                    with.convolution(),
                    with.image(),
                    number,
                    bytes)
                == Cudnn.SUCCESS)
        .mapToLong(_ -> bytes[0]);
  }

  private List<ConvolutionAlgorithm.Trial> measure(
      List<Pointer> operands, Pointer workspace, long workspaceBytes) {
    CudnnConvolution with = convolution;
    int[] count = new int[1];
    cudnnConvolutionBwdDataAlgoPerf[] results = new cudnnConvolutionBwdDataAlgoPerf[ALGORITHMS];
    Cudnn.check(
        "cudnnFindConvolutionBackwardDataAlgorithmEx",
        JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
            with.handle(),
            with.filters(),
            operands.get(1),
            with.result(),
            operands.get(0),
            with.convolution(),
            with.image(),
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
    Pointer dy = DeviceBuffer.of(inputs.get(0)).pointer();
    Pointer weight = DeviceBuffer.of(inputs.get(1)).pointer();
    Pointer dx = DeviceBuffer.of(outputs.getFirst()).pointer();
    Pointer scratch = DeviceBuffer.of(workspace).pointer();
    CudnnConvolution with = convolution;
    return () ->
        Cudnn.check(
            "cudnnConvolutionBackwardData",
            JCudnn.cudnnConvolutionBackwardData(
                with.handle(),
                with.one(),
                with.filters(),
                weight,
                with.result(),
                dy,
                with.convolution(),
                algorithm.number(),
                scratch,
                algorithm.workspaceBytes(),
                with.zero(),
                with.image(),
                dx));
  }

  @Override
  public long workspaceBytes() {
    return algorithm.workspaceBytes();
  }

  @Override
  public String describe() {
    return "cudnnConvolutionBackwardData, algorithm " + algorithm.number();
  }
}
