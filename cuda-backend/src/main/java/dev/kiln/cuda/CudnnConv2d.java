package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.backend.Op;
import dev.kiln.op.Conv2d;
import dev.kiln.op.OpSpec;
import java.util.List;
import jcuda.Pointer;

/** {@link Conv2d} and its gradients through cuDNN. */
final class CudnnConv2d implements Op {

  private final ConvolutionPass pass;
  private final ConvolutionDescriptors convolution;
  private final ConvolutionBias bias;
  private final ConvolutionAlgorithm algorithm;
  private final boolean hasBiasGrad;

  private CudnnConv2d(OpContext context, OpSpec spec, Conv2d conv, ConvolutionPass pass) {
    this.pass = pass;
    this.convolution = ConvolutionDescriptors.of(context, conv, pass);
    this.bias = new ConvolutionBias(context, convolution);
    this.hasBiasGrad = pass == ConvolutionPass.WEIGHT_GRAD && context.outputs().size() == 2;
    List<Object> operation = List.of(spec, context.input(0), context.input(1));
    this.algorithm = ConvolutionAlgorithm.of(context, operation, pass, convolution);
  }

  /** Compiles {@code x, weight, bias? -> y}. */
  static Op forward(OpContext context, Conv2d conv) {
    return new CudnnConv2d(context, conv, conv, ConvolutionPass.FORWARD);
  }

  /** Compiles {@code dy, weight -> dx}. */
  static Op inputGrad(OpContext context, Conv2d.InputGrad grad) {
    return new CudnnConv2d(context, grad, grad.conv(), ConvolutionPass.INPUT_GRAD);
  }

  /** Compiles {@code x, dy -> dweight, dbias?}. */
  static Op weightGrad(OpContext context, Conv2d.WeightGrad grad) {
    return new CudnnConv2d(context, grad, grad.conv(), ConvolutionPass.WEIGHT_GRAD);
  }

  @Override
  public Kernel bind(List<Buffer> inputs, List<Buffer> outputs, Buffer workspace) {
    ConvolutionPass.Operands operands =
        new ConvolutionPass.Operands(
            DeviceBuffer.pointer(inputs, 0),
            DeviceBuffer.pointer(inputs, 1),
            DeviceBuffer.pointer(outputs, 0));
    Pointer scratch = DeviceBuffer.of(workspace).pointer();
    Kernel convolve =
        () -> Cudnn.check(pass.call(), pass.run(convolution, operands, algorithm, scratch));
    if (pass == ConvolutionPass.FORWARD && inputs.size() == 3) {
      return StreamWork.inOrder(List.of(convolve, bias.add(inputs.get(2), outputs.getFirst())));
    }
    if (hasBiasGrad) {
      return StreamWork.inOrder(
          List.of(convolve, bias.grad(inputs.get(1), outputs.get(1), workspace)));
    }
    return convolve;
  }

  @Override
  public long workspaceBytes() {
    return hasBiasGrad
        ? Math.max(algorithm.workspaceBytes(), bias.workspaceBytes())
        : algorithm.workspaceBytes();
  }

  @Override
  public String describe() {
    return "%s, algorithm %d%s"
        .formatted(
            pass.call(),
            algorithm.number(),
            convolution.tensors().channelsLast() ? ", channels last" : "");
  }
}
