package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.backend.Kernel;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * A batch normalization as cuDNN describes it. It keeps {@code 1 / sqrt(variance + epsilon)} for
 * the gradient where the graph keeps the variance, so kernels turn one into the other.
 *
 * @param context where it is compiled
 * @param handle the library's handle
 * @param epsilon added to the variance
 * @param channels C
 * @param images x, y and their gradients
 * @param perChannel the statistics and the parameters
 * @param one the factor of what is computed
 * @param zero the factor of what was there before
 */
record BatchNormDescriptors(
    OpContext context,
    cudnnHandle handle,
    double epsilon,
    int channels,
    cudnnTensorDescriptor images,
    cudnnTensorDescriptor perChannel,
    Pointer one,
    Pointer zero) {

  private static final String FILE = "batch_norm";

  /** Describes a normalization of the first input. */
  static BatchNormDescriptors of(OpContext context, double epsilon) {
    Shape x = context.input(0).shape();
    TensorDescriptors tensors = TensorDescriptors.of(context);
    return new BatchNormDescriptors(
        context,
        context.engine().cudnn().handle(),
        epsilon,
        x.dim(1),
        tensors.images(x),
        tensors.accumulators().perChannel(x.dim(1)),
        tensors.scalar(1),
        tensors.scalar(0));
  }

  /** Returns the type of what is kept of a channel. */
  private DType statistic() {
    return context.input(0).dtype().accumulator();
  }

  /** Returns the bytes of one number per channel. */
  long statisticBytes() {
    return (long) channels * statistic().bytes();
  }

  /**
   * Returns a normalization while training. Before it the running statistics, which cuDNN updates,
   * are brought where their next values are wanted; after it the variances are computed.
   *
   * @param normalize the call of cuDNN
   * @param inverseDeviations [C], where it writes them
   */
  Kernel training(
      List<Buffer> inputs, List<Buffer> outputs, Kernel normalize, Buffer inverseDeviations) {
    return StreamWork.inOrder(
        List.of(
            copy(inputs.get(3), outputs.get(3)),
            copy(inputs.get(4), outputs.get(4)),
            normalize,
            convert("variance_of", inverseDeviations, outputs.get(2))));
  }

  /**
   * Returns a gradient. Before it the inverse deviations are computed.
   *
   * @param differentiate the call of cuDNN
   * @param inverseDeviations [C], where it reads them
   */
  Kernel grad(List<Buffer> inputs, Kernel differentiate, Buffer inverseDeviations) {
    return StreamWork.inOrder(
        List.of(convert("inverse_deviation_of", inputs.get(3), inverseDeviations), differentiate));
  }

  private Kernel convert(String kernel, Buffer from, Buffer to) {
    return context
        .launch(context.function(FILE, kernel, statistic()))
        .number((long) channels)
        .buffer(from)
        .buffer(to)
        .number(epsilon)
        .over(channels);
  }

  private Kernel copy(Buffer from, Buffer to) {
    return StreamWork.copy(context.engine().context(), DeviceBuffer.of(from), DeviceBuffer.of(to));
  }
}
