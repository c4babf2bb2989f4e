package dev.kiln.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The tables of a comparison. */
public final class ComparisonTables {

  private ComparisonTables() {}

  /** Returns one workload's table: a row for each peer. */
  public static TextTable of(WorkloadResult result) {
    TextTable table =
        new TextTable(
            "peer",
            "samples/s",
            "from",
            "to",
            result.kiln().peer() + " is",
            "from",
            "to",
            "memory",
            "planned",
            "start",
            "parameters",
            "network");
    for (Measurement measured : result.measurements()) {
      table.row(cells(result, measured).toArray(String[]::new));
    }
    return table;
  }

  private static List<String> cells(WorkloadResult result, Measurement measured) {
    List<String> cells = new ArrayList<>();
    Series rate = measured.samplesPerSecond();
    cells.add(measured.peer());
    Stream.of(rate.median(), rate.min(), rate.max())
        .forEach(value ->
            cells.add(rate.median() < 100 ? "%.1f".formatted(value) : "%,.0f".formatted(value)));
    if (result.isKiln(measured)) {
      cells.addAll(List.of("", "", ""));
    } else {
      Series advantage = result.advantage(measured);
      Stream.of(advantage.median(), advantage.min(), advantage.max())
          .forEach(value -> cells.add("%.2fx".formatted(value)));
    }
    cells.add(mebibytes(measured.peakBytes(), "unknown"));
    cells.add(mebibytes(measured.plannedBytes(), ""));
    cells.add("%.1f s".formatted(measured.startSeconds()));
    cells.add("%,d".formatted(measured.parameters()));
    cells.add(result.isKiln(measured) ? "" : measured.sameness().describe());
    return cells;
  }

  private static String mebibytes(OptionalLong bytes, String otherwise) {
    return bytes.isPresent() ? "%,d MiB".formatted(bytes.getAsLong() >> 20) : otherwise;
  }

  /** Returns the table of Kiln's advantages: a row for each workload, a column for each peer. */
  public static TextTable advantages(Report report) {
    List<String> peers = List.copyOf(report.advantages().keySet());
    TextTable table =
        new TextTable(
            Stream.concat(Stream.of("workload", report.first() + ", samples/s"), peers.stream())
                .toArray(String[]::new));
    for (WorkloadResult result : report.results()) {
      table.row(
          Stream.concat(
                  Stream.of(
                      result.workload().name(),
                      "%,.0f".formatted(result.kiln().samplesPerSecond().median())),
                  peers.stream()
                      .map(peer -> result.advantage(peer).map("%.2fx"::formatted).orElse("-")))
              .toArray(String[]::new));
    }
    table.row(
        Stream.concat(
                Stream.of("geometric mean", ""),
                report.advantages().values().stream()
                    .map(advantage -> "%.2fx".formatted(advantage.geometricMean())))
            .toArray(String[]::new));
    return table;
  }
}
