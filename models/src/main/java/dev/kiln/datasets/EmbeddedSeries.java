package dev.kiln.datasets;

import dev.kiln.data.CsvFormat;
import dev.kiln.data.CsvFormat.EmptyCells;
import dev.kiln.data.CsvFormat.FirstLine;
import dev.kiln.data.Gaps;
import dev.kiln.data.InvalidDataException;
import dev.kiln.data.WindowDataset;
import dev.kiln.models.task.Forecast;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A time series that comes with Kiln, cut into windows that ask for the values that follow and
 * split in order 70 : 10 : 20: what is asked for in the test is the last fifth of the series.
 *
 * @param name its name
 * @param summary what it is
 * @param source where its values are
 * @param cut how it is cut
 * @param gaps what is done about missing values
 */
record EmbeddedSeries(String name, String summary, Source source, Cut cut, Gaps gaps)
    implements CatalogueEntry {

  private static final double VALIDATION = 0.1;
  private static final double TEST = 0.2;

  /**
   * Where a series is.
   *
   * @param resource its CSV file, beside this class
   * @param timeColumn the column to leave out
   * @param rows how many values it has
   */
  record Source(String resource, String timeColumn, int rows) {}

  /**
   * How a series is cut into windows.
   *
   * @param window how many steps a network sees
   * @param horizon how many it is asked for
   * @param season after how many steps the series about repeats
   */
  record Cut(int window, int horizon, int season) {}

  static EmbeddedSeries co2() {
    return new EmbeddedSeries(
        "co2",
        "weekly CO2 at Mauna Loa, 1958 to 2001, ppm (Keeling, Whorf)",
        new Source("co2.csv", "week", 2284),
        new Cut(52, 13, 52),
        Gaps.INTERPOLATE);
  }

  static EmbeddedSeries sunspots() {
    return new EmbeddedSeries(
        "sunspots",
        "yearly sunspot number, 1700 to 2008 (NOAA)",
        new Source("sunspots.csv", "YEAR", 309),
        new Cut(33, 5, 11),
        Gaps.INTERPOLATE);
  }

  @Override
  public EmbeddedSeries withGaps(Gaps other) {
    return new EmbeddedSeries(name, summary, source, cut, other);
  }

  @Override
  public String examples() {
    return "%d values; %d steps are seen, the next %d asked for"
        .formatted(source.rows, cut.window, cut.horizon);
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
    CsvFormat format =
        new CsvFormat(FirstLine.NAMES, EmptyCells.MISSING, Set.of(source.timeColumn));
    double[] measured = EmbeddedTable.read(source.resource, format).values();
    double[] values;
    try {
      values = gaps.filled(measured);
    } catch (IllegalArgumentException gap) {
      throw new InvalidDataException(
          "data set " + name, gap.getMessage() + "; fill them with --gaps", gap);
    }
    WindowDataset unscaled = new WindowDataset(new float[values.length], cut.window, cut.horizon);
    double[] seen = Arrays.copyOf(values, unscaled.trainingValues(VALIDATION, TEST));
    double mean = Arrays.stream(seen).average().orElseThrow();
    double deviation =
        Math.sqrt(Arrays.stream(seen).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    Forecast task =
        new Forecast(
            cut.window, cut.horizon, cut.season, mean, deviation, gaps, Gaps.count(measured));
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = task.normal(values[i]);
    }
    WindowDataset windows = new WindowDataset(scaled, cut.window, cut.horizon);
    return new LoadedDataset(name, windows.split(VALIDATION, TEST), task);
  }
}
