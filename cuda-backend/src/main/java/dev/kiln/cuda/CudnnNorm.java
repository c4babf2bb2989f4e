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
record CudnnNorm(
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
  static CudnnNorm of(OpContext context, double epsilon) {
    Shape x = context.input(0).shape();
    CudnnTensors tensors = CudnnTensors.of(context);
    return new CudnnNorm(
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

  /** Returns what turns inverse deviations [C] into variances [C]. */
  Kernel variances(Buffer inverseDeviations, Buffer variances) {
    return convert("variance_of", inverseDeviations, variances);
  }

  /** Returns what turns variances [C] into inverse deviations [C]. */
  Kernel inverseDeviations(Buffer variances, Buffer inverseDeviations) {
    return convert("inverse_deviation_of", variances, inverseDeviations);
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

  /**
   * Returns what brings the running statistics, which cuDNN updates, where their next values are
   * wanted.
   */
  Kernel copyOfRunningStatistics(List<Buffer> inputs, List<Buffer> outputs) {
    CudaContext device = context.engine().context();
    return StreamWork.inOrder(
        List.of(
            StreamWork.copy(
                device, DeviceBuffer.of(inputs.get(3)), DeviceBuffer.of(outputs.get(3))),
            StreamWork.copy(
                device, DeviceBuffer.of(inputs.get(4)), DeviceBuffer.of(outputs.get(4)))));
  }
}
