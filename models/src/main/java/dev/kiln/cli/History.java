package dev.kiln.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.kiln.report.Epoch;
import dev.kiln.report.GradientScaling;
import dev.kiln.train.EpochReport;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reports of a run's epochs, kept as CSV and as JSON lines. Epochs count from 1 there. */
final class History {

  private static final String EPOCH = "epoch";
  private static final String UPDATES = "updates";
  private static final String BEST = "best";
  private static final String LOSS_SCALE = "loss_scale";
  private static final String SKIPPED_UPDATES = "skipped_updates";
  private static final String TRAINING = "training_";
  private static final String VALIDATION = "validation_";

  private final RunFolder folder;

  /**
   * Creates the history of a run.
   *
   * @param folder where it is kept, and where it may have begun already
   */
  History(RunFolder folder) {
    this.folder = folder;
  }

  /**
   * Adds an epoch and writes both files anew, each in one step. What stands there of this epoch or
   * a later one is replaced: it was written by a process that ended before its checkpoint.
   */
  void record(EpochReport report) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>(before(report.epoch() + 1));
    rows.add(row(report));
    StringBuilder lines = new StringBuilder();
    for (Map<String, Object> row : rows) {
      lines.append(ConfigLayers.JSON.writeValueAsString(row)).append('\n');
    }
    RunFolder.write(folder.historyJsonl(), lines.toString());
    RunFolder.write(folder.historyCsv(), csv(rows));
  }

  /** Returns the epochs so far; none where there is no history. */
  List<Epoch> epochs() throws IOException {
    return before(Long.MAX_VALUE).stream().map(History::epoch).toList();
  }

  private static Epoch epoch(Map<String, Object> row) {
    return new Epoch(
        (long) number(row.get(EPOCH)),
        number(row.get("learning_rate")),
        metrics(row, TRAINING),
        metrics(row, VALIDATION),
        Boolean.TRUE.equals(row.get("resumed")),
        number(row.get("seconds")),
        number(row.get("samples_per_second")),
        Boolean.TRUE.equals(row.get(BEST)),
        scaling(row));
  }

  private static Optional<GradientScaling> scaling(Map<String, Object> row) {
    return row.containsKey(LOSS_SCALE)
        ? Optional.of(
            new GradientScaling(
                number(row.get(LOSS_SCALE)),
                (long) number(row.get(SKIPPED_UPDATES)),
                (long) number(row.get(UPDATES))))
        : Optional.empty();
  }

  /** Returns a number of a row; one that was not finite is kept as text. */
  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private static Map<String, Double> metrics(Map<String, Object> row, String part) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    row.forEach((name, value) -> {
      if (name.startsWith(part)) {
        metrics.put(name.substring(part.length()), number(value));
      }
    });
    return metrics;
  }

  private List<Map<String, Object>> before(long epoch) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    if (epoch > 1 && Files.exists(folder.historyJsonl())) {
      for (String line : Files.readAllLines(folder.historyJsonl())) {
        Map<String, Object> row = parse(line);
        if (row.get(EPOCH) instanceof Integer earlier && earlier < epoch) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private Map<String, Object> parse(String line) throws IOException {
    try {
      return ConfigLayers.JSON.readValue(
          line, new TypeReference<LinkedHashMap<String, Object>>() {});
    } catch (JsonProcessingException damaged) {
      throw new IOException(
          "%s is damaged: '%s' is no JSON object; remove the file to continue without its history"
              .formatted(folder.historyJsonl(), line),
          damaged);
    }
  }

  private static Map<String, Object> row(EpochReport report) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put(EPOCH, (int) report.epoch() + 1);
    row.put(UPDATES, report.updates());
    row.put("learning_rate", report.rate());
    report.training().forEach((metric, value) -> row.put(TRAINING + metric, value));
    report.validation().forEach((metric, value) -> row.put(VALIDATION + metric, value));
    row.put("resumed", report.resumed());
    row.put("seconds", report.seconds());
    row.put("samples_per_second", report.samplesPerSecond());
    row.put("data_wait_share", report.dataWaitShare());
    row.put(BEST, report.best());
    report
        .scaledGradients()
        .ifPresent(scaled -> {
          row.put(LOSS_SCALE, scaled.scale());
          row.put(SKIPPED_UPDATES, scaled.skippedUpdates());
        });
    return row;
  }

  private static String csv(List<Map<String, Object>> rows) throws IOException {
    StringWriter text = new StringWriter();
    try (CsvWriter writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
      // The metrics may have been others before a resumption.
      Set<String> columns = new LinkedHashSet<>();
      rows.forEach(row -> columns.addAll(row.keySet()));
      writer.writeRecord(columns);
      for (Map<String, Object> row : rows) {
        writer.writeRecord(
            columns.stream().map(column -> String.valueOf(row.getOrDefault(column, ""))).toList());
      }
    }
    return text.toString();
  }
}
