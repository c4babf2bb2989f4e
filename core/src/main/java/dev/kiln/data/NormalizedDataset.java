package dev.kiln.data;

import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A data set seen through a normalization. */
public final class NormalizedDataset implements Dataset {

  private static final int[] NOTHING_RANDOM = {};

  private final Dataset raw;
  private final Normalize normalization;

  /**
   * Applies a normalization to whatever is read.
   *
   * @param raw the data set as it is stored
   * @param normalization what to apply, of as many channels as the features have
   * @throws IllegalArgumentException if it does not fit
   */
  public NormalizedDataset(Dataset raw, Normalize normalization) {
    normalization.check(raw.features());
    this.raw = raw;
    this.normalization = normalization;
  }

  @Override
  public int size() {
    return raw.size();
  }

  @Override
  public TensorType features() {
    return raw.features();
  }

  @Override
  public TensorType target() {
    return raw.target();
  }

  @Override
  public List<TensorType> more() {
    return raw.more();
  }

  @Override
  public List<String> classNames() {
    return raw.classNames();
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    raw.readFeatures(index, rows, row);
    long bytes = features().bytes();
    MemorySegment example = rows.data().asSlice(row * bytes, bytes);
    normalization.apply(example, features(), MemorySegment.NULL, NOTHING_RANDOM);
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    raw.readTarget(index, rows, row);
  }

  @Override
  public void readMore(int index, List<Tensor> stacks, int row) {
    raw.readMore(index, stacks, row);
  }
}
