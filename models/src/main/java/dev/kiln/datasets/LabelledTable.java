package dev.kiln.datasets;

import dev.kiln.data.CsvTable;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.Normalize;
import dev.kiln.data.NormalizedDataset;
import dev.kiln.data.Splits;
import dev.kiln.data.TensorDataset;
import dev.kiln.models.task.Classification;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import dev.kiln.tensor.TensorType;
import java.util.List;

/** Turns a table with a column {@code label} into a split data set. */
final class LabelledTable {

  /** The column that holds the class. */
  static final String LABEL = "label";

  private static final double VALIDATION = 0.1;
  private static final double TEST = 0.2;

  private LabelledTable() {}

  /**
   * Splits 70 : 10 : 20 with the classes in proportion, normalized by the training part.
   *
   * @param name the data set's name
   * @param table features and labels
   * @param shape the shape of an example's features
   * @param classNames the classes by label
   * @param white what a white pixel is in an image, 1 for other features
   * @throws InvalidDataException if a label is no class, naming its line, or the columns do not
   *     fill the shape
   */
  static LoadedDataset split(
      String name, CsvTable table, Shape shape, List<String> classNames, double white)
      throws InvalidDataException {
    Dataset raw = dataset(table, shape, classNames);
    DataSplit split = Splits.stratified(raw, VALIDATION, TEST, Catalogue.SPLIT_SEED);
    return normalized(name, split, Normalize.of(split.train()), white);
  }

  /** Applies one normalization to all three parts, of images with this value for white. */
  static LoadedDataset normalized(
      String name, DataSplit split, Normalize normalization, double white) {
    return new LoadedDataset(
        name,
        new DataSplit(
            new NormalizedDataset(split.train(), normalization),
            new NormalizedDataset(split.validation(), normalization),
            new NormalizedDataset(split.test(), normalization)),
        Classification.of(split.train(), normalization).withWhite(white));
  }

  private static Dataset dataset(CsvTable table, Shape shape, List<String> classNames)
      throws InvalidDataException {
    int labelColumn = table.column(LABEL);
    int features = table.columns().size() - 1;
    if (features != shape.elements()) {
      throw new InvalidDataException(
          table.source(),
          "has %d columns beside the label, but the examples %s need %d"
              .formatted(features, shape, shape.elements()));
    }
    Tensor values = Tensor.allocate(TensorType.of(DType.F32, shape.stacked(table.rows())));
    Tensor labels = Tensor.allocate(TensorType.of(DType.I64, table.rows()));
    long filled = 0;
    for (int row = 0; row < table.rows(); row++) {
      for (int column = 0; column < table.columns().size(); column++) {
        if (column != labelColumn) {
          values.set(filled++, table.get(row, column));
        }
      }
      labels.set(row, label(table, row, labelColumn, classNames.size()));
    }
    return TensorDataset.ofClasses(values, labels, classNames);
  }

  private static double label(CsvTable table, int row, int column, int classes)
      throws InvalidDataException {
    double label = table.get(row, column);
    if (label != Math.rint(label) || label < 0 || label >= classes) {
      throw new InvalidDataException(
          table.source(),
          "line %d has label %s, but the %d classes are 0 to %d"
              .formatted(table.lines().get(row), label, classes, classes - 1));
    }
    return label;
  }
}
