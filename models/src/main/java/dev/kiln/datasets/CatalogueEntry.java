package dev.kiln.datasets;

import dev.kiln.data.Gaps;
import dev.kiln.data.InvalidDataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** One data set that Kiln knows. */
public sealed interface CatalogueEntry
    permits EmbeddedTable,
        EmbeddedSeries,
        IdxImages,
        CifarImages,
        WordLists,
        SpellToSound,
        CsvData,
        TextFile {

  /** Returns the name it is asked for by, as {@code fashion-mnist}. */
  String name();

  /** Returns what it is, in one line. */
  String summary();

  /** Returns the number, shape and classes of its examples, in one line. */
  String examples();

  /** Returns how a user gets it, in one line. */
  String howToGet();

  /** Returns the places it is looked for, best first; none when it comes with Kiln. */
  List<Path> searched(DataFolders folders);

  /** Returns the first of those places that has it. */
  Optional<Path> found(DataFolders folders);

  /** Returns whether it can be loaded without getting anything first. */
  default boolean isPresent(DataFolders folders) {
    return searched(folders).isEmpty() || found(folders).isPresent();
  }

  /**
   * Returns this entry with another treatment of missing values.
   *
   * @throws IllegalArgumentException if it is no series
   */
  default CatalogueEntry withGaps(Gaps gaps) {
    throw new IllegalArgumentException(
        "the data set %s is no series, so it has no gaps".formatted(name()));
  }

  /** Returns the files Kiln can download itself, if it can; ask the user first. */
  default Optional<Download> download() {
    return Optional.empty();
  }

  /**
   * Reads, splits and normalizes it.
   *
   * @param folders where to look
   * @return the data set
   * @throws InvalidDataException if it is nowhere, or a file of it is damaged
   * @throws IOException if a file cannot be read
   */
  LoadedDataset load(DataFolders folders) throws IOException;

  /** Returns where it is, or fails with where it was looked for and how to get it. */
  default Path require(DataFolders folders) throws InvalidDataException {
    Optional<Path> place = found(folders);
    if (place.isEmpty()) {
      String looked =
          searched(folders).stream().map(Path::toString).collect(Collectors.joining(", "));
      throw new InvalidDataException(
          "data set " + name(),
          "not found; looked in "
              + (looked.isEmpty() ? "no folder, for none was named" : looked)
              + ". "
              + howToGet());
    }
    return place.get();
  }
}
