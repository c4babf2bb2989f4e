package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Mirrors an image {@code [C, H, W]} left to right with probability one half. */
public record HorizontalFlip() implements Transform {

  @Override
  public void check(TensorType example) {
    if (example.dtype() != DType.F32 || example.shape().rank() != 3) {
      throw new IllegalArgumentException(
          "horizontal flip needs images F32[C, H, W], but the examples are " + example);
    }
  }

  @Override
  public void apply(MemorySegment features, TensorType type, MemorySegment scratch, int[] random) {
    if (random[0] >= 0) { // the word's highest bit decides
      return;
    }
    int width = type.shape().dim(2);
    for (long begin = 0; begin < type.elements(); begin += width) {
      for (long left = begin, right = begin + width - 1; left < right; left++, right--) {
        float kept = features.getAtIndex(ValueLayout.JAVA_FLOAT, left);
        features.setAtIndex(
            ValueLayout.JAVA_FLOAT, left, features.getAtIndex(ValueLayout.JAVA_FLOAT, right));
        features.setAtIndex(ValueLayout.JAVA_FLOAT, right, kept);
      }
    }
  }
}
