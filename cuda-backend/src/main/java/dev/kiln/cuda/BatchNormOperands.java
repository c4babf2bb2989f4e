package dev.kiln.cuda;

import dev.kiln.backend.Buffer;
import dev.kiln.op.BatchNorm;
import java.util.List;
import jcuda.Pointer;

/** Where what a batch normalization and its gradient read and write lies. */
final class BatchNormOperands {

  private BatchNormOperands() {}

  /**
   * What {@link BatchNorm} reads and writes. The inverse deviations that cuDNN yields for its
   * variances are none of the outputs.
   *
   * @param x the images or rows
   * @param weight [C]
   * @param bias [C]
   * @param y as x
   * @param mean of the batch, [C]
   * @param runningMean [C], the old one and then the new one
   * @param runningVariance [C], the old one and then the new one
   */
  record Forward(
      Pointer x,
      Pointer weight,
      Pointer bias,
      Pointer y,
      Pointer mean,
      Pointer runningMean,
      Pointer runningVariance) {

    static Forward of(List<Buffer> inputs, List<Buffer> outputs) {
      return new Forward(
          DeviceBuffer.pointer(inputs, 0),
          DeviceBuffer.pointer(inputs, 1),
          DeviceBuffer.pointer(inputs, 2),
          DeviceBuffer.pointer(outputs, 0),
          DeviceBuffer.pointer(outputs, 1),
          DeviceBuffer.pointer(outputs, 3),
          DeviceBuffer.pointer(outputs, 4));
    }
  }

  /**
   * What {@link BatchNorm.Grad} reads and writes, but for the variances.
   *
   * @param x the images or rows
   * @param weight [C]
   * @param mean of the batch, [C]
   * @param dy as x
   * @param dx as x
   * @param dweight [C]
   * @param dbias [C]
   */
  record Backward(
      Pointer x,
      Pointer weight,
      Pointer mean,
      Pointer dy,
      Pointer dx,
      Pointer dweight,
      Pointer dbias) {

    static Backward of(List<Buffer> inputs, List<Buffer> outputs) {
      return new Backward(
          DeviceBuffer.pointer(inputs, 0),
          DeviceBuffer.pointer(inputs, 1),
          DeviceBuffer.pointer(inputs, 2),
          DeviceBuffer.pointer(inputs, 4),
          DeviceBuffer.pointer(outputs, 0),
          DeviceBuffer.pointer(outputs, 1),
          DeviceBuffer.pointer(outputs, 2));
    }
  }
}
