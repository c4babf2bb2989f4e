package dev.kiln.datasets;

import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvTable;
import dev.kiln.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A labelled table that comes with Kiln, split 70 : 10 : 20 with the classes in proportion.
 *
 * @param name its name
 * @param summary what it is
 * @param resource its CSV file, beside this class; the column {@code label} is the class
 * @param rows how many examples it has
 * @param shape the shape of an example's features
 * @param classNames the classes by label
 * @param white what a white pixel is in an image, 1 for other features
 */
record EmbeddedTable(
    String name,
    String summary,
    String resource,
    int rows,
    Shape shape,
    List<String> classNames,
    double white)
    implements CatalogueEntry {

  static EmbeddedTable digits(List<String> classNames) {
    return new EmbeddedTable(
        "digits",
        "handwritten digits, 8x8 grey pixels (Alpaydin, Kaynak 1998)",
        "digits.csv",
        1797,
        Shape.of(1, 8, 8),
        classNames,
        16); // shades of grey, 0 to 16
  }

  static EmbeddedTable breastCancer() {
    return new EmbeddedTable(
        "breast-cancer",
        "measurements of cell nuclei, malignant or benign (Wolberg et al. 1993)",
        "breast-cancer.csv",
        569,
        Shape.of(30),
        List.of("malignant", "benign"),
        1);
  }

  @Override
  public String examples() {
    return "%d of %s in %d classes".formatted(rows, shape, classNames.size());
  }

  @Override
  public String howToGet() {
    return "Comes with Kiln.";
  }

  @Override
  public List<Path> searched(DataFolders folders) {
    return List.of();
  }

  @Override
  public Optional<Path> found(DataFolders folders) {
    return Optional.empty();
  }

  @Override
  public LoadedDataset load(DataFolders folders) throws IOException {
    return LabelledTable.split(
        name, read(resource, CsvFormat.withNames()), shape, classNames, white);
  }

  /** Reads a CSV resource beside this class. */
  static CsvTable read(String resource, CsvFormat format) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(EmbeddedTable.class.getResourceAsStream(resource), resource)) {
      return format.read(resource, in);
    }
  }
}
