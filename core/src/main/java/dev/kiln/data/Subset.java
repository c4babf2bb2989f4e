package dev.kiln.data;

import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;
import java.util.Objects;

/** Some examples of another data set, in a chosen order. */
public final class Subset implements Dataset {

  private final Dataset whole;
  private final int[] indices;

  /**
   * Chooses examples.
   *
   * @param whole the data set they come from
   * @param indices which examples, each in [0, whole size), in their new order
   * @throws IllegalArgumentException if none is chosen
   * @throws IndexOutOfBoundsException if an index is out of range
   */
  public Subset(Dataset whole, int[] indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException(
          "a subset of " + whole.describe() + " must hold at least one example");
    }
    for (int index : indices) {
      Objects.checkIndex(index, whole.size());
    }
    this.whole = whole;
    this.indices = indices.clone();
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public TensorType features() {
    return whole.features();
  }

  @Override
  public TensorType target() {
    return whole.target();
  }

  @Override
  public List<TensorType> more() {
    return whole.more();
  }

  @Override
  public List<String> classNames() {
    return whole.classNames();
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    whole.readFeatures(indices[index], rows, row);
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    whole.readTarget(indices[index], rows, row);
  }

  @Override
  public void readMore(int index, List<Tensor> stacks, int row) {
    whole.readMore(indices[index], stacks, row);
  }
}
