package dev.kiln.bench.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A comparison as a page for people. */
public final class MarkdownReport {

  private MarkdownReport() {}

  /** Returns the lines of the page. */
  public static List<String> lines(Report report) {
    List<String> lines = new ArrayList<>();
    lines.add("# Training speed: Kiln and others");
    lines.add("");
    lines.add("Written by `kiln bench`.");
    lines.add("");
    report.machine().facts().forEach((name, fact) -> lines.add("* %s: %s".formatted(name, fact)));
    lines.add(
        "* date: %s"
            .formatted(
                DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC).format(report.began())));
    report.commit().ifPresent(commit -> lines.add("* Kiln: " + commit));
    Conditions conditions = report.conditions();
    lines.add(
        "* conditions: %d threads, %d turns of %s s for each, after a warm-up turn; medians, with the smallest and largest"
            .formatted(conditions.threads(), conditions.rounds(), conditions.seconds()));
    for (String version : versions(report)) {
      lines.add("* " + version);
    }
    report.commits().forEach((peer, subject) -> lines.add("* %s: %s".formatted(peer, subject)));
    report
        .absent()
        .forEach((peer, reason) ->
            lines.add("* absent: %s: %s".formatted(peer, reason.replace('\n', ' '))));
    report.warning().ifPresent(warning -> lines.addAll(List.of("", "**" + warning + "**")));
    lines.addAll(List.of("", "## How many times as fast %s is".formatted(report.first()), ""));
    lines.addAll(ComparisonTables.advantages(report).markdown());
    for (WorkloadResult result : report.results()) {
      lines.addAll(List.of("", "## " + result.workload().name(), ""));
      lines.addAll(List.of(result.workload().describe() + ".", ""));
      lines.addAll(ComparisonTables.of(result).markdown());
      result.absent().forEach((peer, reason) -> lines.addAll(List.of("", peer + ": " + reason)));
      result
          .failed()
          .forEach((peer, reason) ->
              lines.addAll(List.of("", peer + " failed:", "", "```", reason, "```")));
    }
    return lines;
  }

  private static Set<String> versions(Report report) {
    Set<String> versions = new LinkedHashSet<>();
    for (WorkloadResult result : report.results()) {
      for (Measurement measured : result.measurements()) {
        versions.add(measured.peer() + ": " + measured.version());
      }
    }
    return versions;
  }
}
