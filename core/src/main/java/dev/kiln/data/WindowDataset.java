package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A time series cut into overlapping windows: example {@code i} shows the values {@code i} to
 * {@code i + window - 1} as {@link DType#F32} {@code [window, 1]} and asks for the next one, {@code
 * [1]}.
 */
public final class WindowDataset implements Dataset {

  private final float[] values;
  private final int window;

  /**
   * Cuts a series.
   *
   * @param values the series, oldest first
   * @param window the number of steps a network sees, at least 1
   * @throws IllegalArgumentException if the series is too short for one window and its next value
   */
  public WindowDataset(float[] values, int window) {
    if (window < 1 || values.length <= window) {
      throw new IllegalArgumentException(
          "a window of %d steps and the step after it do not fit into a series of %d values"
              .formatted(window, values.length));
    }
    this.values = values.clone();
    this.window = window;
  }

  @Override
  public int size() {
    return values.length - window;
  }

  @Override
  public TensorType features() {
    return TensorType.of(DType.F32, window, 1);
  }

  @Override
  public TensorType target() {
    return TensorType.of(DType.F32, 1);
  }

  @Override
  public List<String> classNames() {
    return List.of();
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    long at = (long) row * window * Float.BYTES;
    MemorySegment.copy(values, index, rows.data(), ValueLayout.JAVA_FLOAT, at, window);
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    rows.data().setAtIndex(ValueLayout.JAVA_FLOAT, row, values[index + window]);
  }
}
