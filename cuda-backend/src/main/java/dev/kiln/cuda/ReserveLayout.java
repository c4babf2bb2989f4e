package dev.kiln.cuda;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Layout;
import dev.kiln.tensor.Shape;

/**
 * What cuDNN keeps of a recurrent stack or of a batch normalization for its gradient.
 *
 * @param length its length in bytes, which cuDNN tells
 */
record ReserveLayout(long length) implements Layout {

  @Override
  public long bytes(DType dtype, Shape shape) {
    return length;
  }

  @Override
  public String toString() {
    return "cuDNN's, %,d bytes".formatted(length);
  }
}
