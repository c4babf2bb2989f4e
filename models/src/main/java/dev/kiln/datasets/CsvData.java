package dev.kiln.datasets;

import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvTable;
import dev.kiln.data.InvalidDataException;
import dev.kiln.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The user's own table: a CSV file of numbers whose first line names the columns, one of them
 * {@code label} with the classes 0, 1, 2, ...; split 70 : 10 : 20 with the classes in proportion.
 */
record CsvData() implements CatalogueEntry {

  private static final int MOST_CLASSES = 10_000;

  @Override
  public String name() {
    return "csv";
  }

  @Override
  public String summary() {
    return "your own table of numbers with a column named label";
  }

  @Override
  public String examples() {
    return "as many as the file has lines, in as many classes as it has labels";
  }

  @Override
  public String howToGet() {
    return "Name a CSV file, or a folder with exactly one, by --data-dir.";
  }

  @Override
  public List<Path> searched(DataFolders folders) {
    return folders.chosen().stream().toList();
  }

  @Override
  public boolean isPresent(DataFolders folders) {
    return found(folders).isPresent();
  }

  @Override
  public Optional<Path> found(DataFolders folders) {
    Optional<Path> chosen = folders.chosen();
    if (chosen.isEmpty() || Files.isRegularFile(chosen.get())) {
      return chosen;
    }
    List<Path> files = csvFiles(chosen.get());
    return files.size() == 1 ? Optional.of(files.getFirst()) : Optional.empty();
  }

  private static List<Path> csvFiles(Path folder) {
    String[] names = folder.toFile().list((_, name) -> name.endsWith(".csv"));
    return names == null ? List.of() : Stream.of(names).sorted().map(folder::resolve).toList();
  }

  @Override
  public LoadedDataset load(DataFolders folders) throws IOException {
    CsvTable table = CsvFormat.withNames().read(require(folders));
    int features = table.columns().size() - 1;
    int classes = classes(table);
    if (features == 0) {
      throw new InvalidDataException(table.source(), "has no column beside the label");
    }
    List<String> classNames = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    return LabelledTable.split(name(), table, Shape.of(features), classNames, 1);
  }

  /** One more than the highest label, within reason. */
  private static int classes(CsvTable table) throws InvalidDataException {
    int column = table.column(LabelledTable.LABEL);
    int highest = 0;
    for (int row = 0; row < table.rows(); row++) {
      double label = table.get(row, column);
      if (!(label < MOST_CLASSES)) {
        throw new InvalidDataException(
            table.source(),
            "line %d has label %s, but at most %d classes, 0 to %d, are supported"
                .formatted(table.lines().get(row), label, MOST_CLASSES, MOST_CLASSES - 1));
      }
      highest = Math.max(highest, (int) label);
    }
    if (highest == 0) {
      throw new InvalidDataException(
          table.source(), "has only the label 0; there must be two classes or more");
    }
    return highest + 1;
  }
}
