package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Labelled images kept as bytes in memory, a quarter of their size as floats; reading one gives
 * {@link DType#F32} {@code [C, H, W]} with each pixel divided by 255, so between 0 and 1.
 */
public final class PixelDataset implements Dataset {

  private static final float WHITE = 255;

  private final Tensor pixels;
  private final Tensor labels;
  private final List<String> classNames;
  private final TensorType image;
  private final int imagePixels;

  /**
   * Makes a data set of images.
   *
   * @param pixels {@link DType#U8} {@code [N, C, H, W]}
   * @param labels the class indices, {@link DType#U8} {@code [N]}
   * @param classNames the name of each class
   * @throws IllegalArgumentException if the types or sizes do not fit, or a label is no index into
   *     the names
   */
  public PixelDataset(Tensor pixels, Tensor labels, List<String> classNames) {
    boolean fits =
        pixels.type().dtype() == DType.U8
            && pixels.shape().rank() == 4
            && labels.type().equals(TensorType.of(DType.U8, pixels.shape().dim(0)));
    if (!fits) {
      throw new IllegalArgumentException(
          "an image data set needs pixels U8[N, C, H, W] and labels U8[N], but they are "
              + pixels.type()
              + " and "
              + labels.type());
    }
    ClassLabels.check(labels, classNames);
    this.pixels = pixels;
    this.labels = labels;
    this.classNames = List.copyOf(classNames);
    this.image = Batch.rowOf(pixels.type()).withDType(DType.F32);
    this.imagePixels = Math.toIntExact(image.elements());
  }

  @Override
  public int size() {
    return pixels.shape().dim(0);
  }

  @Override
  public TensorType features() {
    return image;
  }

  @Override
  public TensorType target() {
    return TensorType.of(DType.I64, Shape.SCALAR);
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    MemorySegment from = pixels.data();
    MemorySegment to = rows.data();
    long first = (long) index * imagePixels;
    long at = (long) row * imagePixels;
    for (int i = 0; i < imagePixels; i++) {
      int pixel = Byte.toUnsignedInt(from.get(ValueLayout.JAVA_BYTE, first + i));
      to.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, pixel / WHITE);
    }
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    int label = Byte.toUnsignedInt(labels.data().get(ValueLayout.JAVA_BYTE, index));
    rows.data().setAtIndex(ValueLayout.JAVA_LONG, row, label);
  }
}
