package dev.kiln.data;

import dev.kiln.tensor.DType;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A data set of two tensors in memory: row {@code i} of each makes example {@code i}. */
public final class TensorDataset implements Dataset {

  private final Tensor features;
  private final Tensor targets;
  private final List<String> classNames;
  private final TensorType featuresRow;
  private final TensorType targetRow;

  private TensorDataset(Tensor features, Tensor targets, List<String> classNames) {
    requireFinite("features", features);
    requireFinite("targets", targets);
    Batch all = new Batch(features, targets);
    this.features = all.features();
    this.targets = all.targets();
    this.classNames = List.copyOf(classNames);
    this.featuresRow = Batch.rowOf(features.type());
    this.targetRow = Batch.rowOf(targets.type());
  }

  /**
   * Returns a data set whose targets are classes.
   *
   * @param features {@code [N, ...]}
   * @param labels the class indices, {@link DType#I64} {@code [N]}
   * @param classNames the name of each class
   * @throws IllegalArgumentException if the sizes differ, a label is no index into the names, or a
   *     feature is infinite or not a number
   */
  public static TensorDataset ofClasses(Tensor features, Tensor labels, List<String> classNames) {
    if (labels.type().dtype() != DType.I64 || labels.shape().rank() != 1) {
      throw new IllegalArgumentException("labels must be I64[N], but are " + labels.type());
    }
    ClassLabels.check(labels, classNames);
    return new TensorDataset(features, labels, classNames);
  }

  /**
   * Returns a data set whose targets are values to predict.
   *
   * @param features {@code [N, ...]}
   * @param targets floating-point numbers {@code [N, ...]}
   * @throws IllegalArgumentException if the sizes differ, the targets are no floating-point
   *     numbers, or a number is infinite or not a number
   */
  public static TensorDataset ofValues(Tensor features, Tensor targets) {
    if (!targets.type().dtype().isFloating()) {
      throw new IllegalArgumentException(
          "target values must be floating-point numbers, but are " + targets.type());
    }
    return new TensorDataset(features, targets, List.of());
  }

  /** What is missing is found here, and not after some steps in a loss that is not a number. */
  private static void requireFinite(String what, Tensor values) {
    if (!values.type().dtype().isFloating() || values.shape().rank() == 0) {
      return;
    }
    long row = values.elements() / values.shape().dim(0);
    for (long i = 0; i < values.elements(); i++) {
      if (!Double.isFinite(values.get(i))) {
        throw new IllegalArgumentException(
            "the %s %s hold %s in row %d, place %d: fill it or leave the row out"
                .formatted(what, values.type(), values.get(i), i / row, i % row));
      }
    }
  }

  @Override
  public int size() {
    return features.shape().dim(0);
  }

  @Override
  public TensorType features() {
    return featuresRow;
  }

  @Override
  public TensorType target() {
    return targetRow;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void readFeatures(int index, Tensor rows, int row) {
    copyRow(features, index, rows, row, featuresRow.bytes());
  }

  @Override
  public void readTarget(int index, Tensor rows, int row) {
    copyRow(targets, index, rows, row, targetRow.bytes());
  }

  private static void copyRow(Tensor from, int index, Tensor to, int row, long bytes) {
    MemorySegment.copy(from.data(), index * bytes, to.data(), row * bytes, bytes);
  }
}
