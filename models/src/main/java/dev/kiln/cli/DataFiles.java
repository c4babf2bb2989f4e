package dev.kiln.cli;

import dev.kiln.data.Gaps;
import dev.kiln.datasets.Catalogue;
import dev.kiln.datasets.CatalogueEntry;
import dev.kiln.datasets.DataFolders;
import dev.kiln.datasets.LoadedDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds data sets by the names and folders that options give. */
final class DataFiles {

  private DataFiles() {}

  /** Returns the folders to look in, given what {@code --data-dir} says. */
  static DataFolders folders(@Nullable String dataDir) {
    return DataFolders.standard(Optional.ofNullable(dataDir).map(Path::of));
  }

  /**
   * Returns a data set of the catalogue.
   *
   * @throws UsageException if there is none of this name
   */
  static CatalogueEntry entry(String name) {
    List<String> names = Catalogue.entries().stream().map(CatalogueEntry::name).toList();
    if (!names.contains(name)) {
      throw NamedConstants.unknown("data set", name, names);
    }
    return Catalogue.entry(name);
  }

  /**
   * Loads a data set.
   *
   * @throws UsageException if there is none of this name
   * @throws IOException if its files are missing or damaged
   */
  static LoadedDataset load(String name, @Nullable String dataDir) throws IOException {
    return load(name, dataDir, null);
  }

  /**
   * Loads a data set.
   *
   * @param gaps what is done about missing values, null for what is usual
   * @throws UsageException if there is none of this name, gaps are named for one that is no series,
   *     or a folder for one that comes with Kiln
   * @throws IOException if its files are missing or damaged
   */
  static LoadedDataset load(String name, @Nullable String dataDir, @Nullable Gaps gaps)
      throws IOException {
    CatalogueEntry entry = entry(name);
    DataFolders folders = folders(dataDir);
    if (dataDir != null && entry.searched(folders).isEmpty()) {
      throw new UsageException(
          "--data-dir %s: data set %s comes with Kiln and is read from no folder; leave it out"
              .formatted(dataDir, name));
    }
    if (!entry.isPresent(folders) && entry.download().isPresent()) {
      throw new IOException(
          "data set %s is not here: 'kiln data get %s' downloads it, %,d bytes. %s"
              .formatted(name, name, entry.download().get().bytes(), entry.howToGet()));
    }
    return (gaps == null ? entry : filling(entry, gaps)).load(folders);
  }

  private static CatalogueEntry filling(CatalogueEntry entry, Gaps gaps) {
    try {
      return entry.withGaps(gaps);
    } catch (IllegalArgumentException noSeries) {
      throw new UsageException("--gaps: " + noSeries.getMessage(), noSeries);
    }
  }
}
