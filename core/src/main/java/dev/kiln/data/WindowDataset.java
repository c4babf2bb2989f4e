package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A time series cut into overlapping windows: example {@code i} shows the values {@code i} to
 * {@code i + window - 1} as {@link DType#F32} {@code [window, 1]} and asks for those that follow,
 * {@code [horizon]}.
 */
public final class WindowDataset implements Dataset {

  private final float[] values;
  private final int window;
  private final int horizon;

  /**
   * Cuts a series.
   *
   * @param values the series, oldest first
   * @param window the number of steps a network sees, at least 1
   * @param horizon the number of steps it is asked for, at least 1
   * @throws IllegalArgumentException if the series is too short for one window and what follows
   */
  public WindowDataset(float[] values, int window, int horizon) {
    if (window < 1 || horizon < 1 || values.length < window + horizon) {
      throw new IllegalArgumentException(
          "a window of %d steps and the %d after it do not fit into a series of %d values"
              .formatted(window, horizon, values.length));
    }
    this.values = values.clone();
    this.window = window;
    this.horizon = horizon;
  }

  /**
   * Splits by time: what is asked for in the test is the newest part of the series, in the
   * validation the part before, and in the training what is older still, so that no value that is
   * asked for in one part is seen in an older one. Windows reach back as far as they need.
   *
   * @param validation the share of the values to validate on
   * @param test the share of the values to test on
   * @throws IllegalArgumentException if a part is too short for one window and what follows
   */
  public DataSplit split(double validation, double test) {
    int testBegin = (int) Math.round(values.length * (1 - test));
    int validationBegin = trainingValues(validation, test);
    return new DataSplit(
        askedIn(0, validationBegin),
        askedIn(validationBegin, testBegin),
        askedIn(testBegin, values.length));
  }

  /** Returns how many of the oldest values the training part of a split may see. */
  public int trainingValues(double validation, double test) {
    return (int) Math.round(values.length * (1 - test - validation));
  }

  /** The windows whose answers lie in a range of the series. */
  private Dataset askedIn(int begin, int end) {
    int first = Math.max(0, begin - window);
    int beyond = end - window - horizon + 1;
    if (beyond <= first) {
      throw new IllegalArgumentException(
          "the values %d to %d of the series are too few for a window of %d steps and the %d after it"
              .formatted(begin + 1, end, window, horizon));
    }
    return new Subset(this, IntStream.range(first, beyond).toArray());
  }

  @Override
  public int size() {
    return values.length - window - horizon + 1;
  }

  @Override
  public TensorType features() {
    return TensorType.of(DType.F32, window, 1);
  }

  @Override
  public TensorType target() {
    return TensorType.of(DType.F32, horizon);
  }

  @Override
  public List<String> classNames() {
    return List.of();
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    copy(index, window, rows, row);
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    copy(index + window, horizon, rows, row);
  }

  private void copy(int from, int count, Tensor rows, int row) {
    long at = (long) row * count * Float.BYTES;
    MemorySegment.copy(values, from, rows.data(), ValueLayout.JAVA_FLOAT, at, count);
  }
}
