package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Philox;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Pads an image {@code [C, H, W]} with zeros on every side and cuts a piece of the original size
 * out at random: the image moves by up to {@code padding} pixels each way (Lee et al. 2015, the
 * usual augmentation of CIFAR-10 with padding 4).
 *
 * @param padding the pixels added on each side, at least 1
 */
public record RandomCrop(int padding) implements Transform {

  /**
   * Checks the padding.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public RandomCrop {
    if (padding < 1) {
      throw new IllegalArgumentException(
          "random crop: padding must be 1 or more, but is " + padding);
    }
  }

  @Override
  public void check(TensorType example) {
    if (example.dtype() != DType.F32 || example.shape().rank() != 3) {
      throw new IllegalArgumentException(
          "random crop needs images F32[C, H, W], but the examples are " + example);
    }
    if (padding >= example.shape().dim(1) || padding >= example.shape().dim(2)) {
      throw new IllegalArgumentException(
          "random crop with padding %d would move images %s out of sight; use less padding"
              .formatted(padding, example));
    }
  }

  @Override
  public void apply(MemorySegment features, TensorType type, MemorySegment scratch, int[] random) {
    int down = Philox.below(2 * padding + 1, random[0], random[1]) - padding;
    int right = Philox.below(2 * padding + 1, random[2], random[3]) - padding;
    int height = type.shape().dim(1);
    int width = type.shape().dim(2);
    int rows = type.shape().dim(0) * height;
    int columns = width - Math.abs(right);
    scratch.copyFrom(features);
    features.fill((byte) 0);
    for (int row = 0; row < rows; row++) {
      int y = row % height + down; // the source row within its channel
      if (y >= 0 && y < height) {
        long from = (long) (row + down) * width + Math.max(0, right);
        long to = (long) row * width + Math.max(0, -right);
        MemorySegment.copy(
            scratch, from * Float.BYTES, features, to * Float.BYTES, (long) columns * Float.BYTES);
      }
    }
  }
}
