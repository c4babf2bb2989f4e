package dev.kiln.datasets;

import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvFormat.EmptyCells;
import dev.kiln.data.CsvFormat.FirstLine;
import dev.kiln.data.CsvTable;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Normalize;
import dev.kiln.data.Splits;
import dev.kiln.data.WindowDataset;
import dev.kiln.models.task.Regression;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A time series that comes with Kiln, cut into windows that ask for the next value and split in
 * order 70 : 10 : 20, the newest for the test. Missing values are interpolated linearly; all values
 * are normalized by those the training part sees.
 *
 * @param name its name
 * @param summary what it is
 * @param resource its CSV file, beside this class
 * @param timeColumn the column to leave out
 * @param rows how many values it has
 * @param window how many steps an example shows
 */
record EmbeddedSeries(
    String name, String summary, String resource, String timeColumn, int rows, int window)
    implements CatalogueEntry {

  private static final double VALIDATION = 0.1;
  private static final double TEST = 0.2;

  static EmbeddedSeries co2() {
    return new EmbeddedSeries(
        "co2",
        "weekly CO2 at Mauna Loa, 1958 to 2001, ppm (Keeling, Whorf)",
        "co2.csv",
        "week",
        2284,
        52);
  }

  static EmbeddedSeries sunspots() {
    return new EmbeddedSeries(
        "sunspots", "yearly sunspot number, 1700 to 2008 (NOAA)", "sunspots.csv", "YEAR", 309, 22);
  }

  @Override
  public String examples() {
    return "%d windows of %d steps and the value that follows".formatted(rows - window, window);
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
    CsvFormat format = new CsvFormat(FirstLine.NAMES, EmptyCells.MISSING, Set.of(timeColumn));
    CsvTable table = EmbeddedTable.read(resource, format);
    double[] values = interpolated(table.values());
    int trainWindows =
        Splits.chronological(new WindowDataset(new float[values.length], window), VALIDATION, TEST)
            .train()
            .size();
    double[] seen = Arrays.copyOf(values, trainWindows + window);
    double mean = Arrays.stream(seen).average().orElseThrow();
    double deviation =
        Math.sqrt(Arrays.stream(seen).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) ((values[i] - mean) / deviation);
    }
    DataSplit split = Splits.chronological(new WindowDataset(scaled, window), VALIDATION, TEST);
    Normalize normalization = new Normalize(List.of((float) mean), List.of((float) deviation));
    return new LoadedDataset(name, split, Regression.of(split.train(), normalization));
  }

  /** Draws a straight line across every gap; the first and the last value must be there. */
  static double[] interpolated(double[] values) {
    double[] whole = values.clone();
    int last = 0;
    for (int i = 1; i < whole.length; i++) {
      if (Double.isNaN(values[i])) {
        continue;
      }
      for (int gap = last + 1; gap < i; gap++) {
        double share = (double) (gap - last) / (i - last);
        whole[gap] = values[last] + share * (values[i] - values[last]);
      }
      last = i;
    }
    return whole;
  }
}
