package dev.kiln.bench.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** A comparison for programs: every single turn, so that other statistics can be made of it. */
public final class JsonReport {

  private JsonReport() {}

  /** Returns the report as maps and lists. */
  public static Map<String, Object> tree(Report report) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("machine", report.machine().facts());
    report.commit().ifPresent(commit -> tree.put("commit", commit));
    tree.put("began", report.began().toString());
    tree.put(
        "conditions",
        Map.of(
            "threads", report.conditions().threads(),
            "seconds", report.conditions().seconds(),
            "rounds", report.conditions().rounds()));
    report.warning().ifPresent(warning -> tree.put("warning", warning));
    tree.put("absent", report.absent());
    if (!report.commits().isEmpty()) {
      tree.put("commits", report.commits());
    }
    Map<String, Object> advantages = new LinkedHashMap<>();
    report
        .advantages()
        .forEach((peer, advantage) ->
            advantages.put(
                peer,
                Map.of(
                    "geometric-mean", advantage.geometricMean(),
                    "smallest", advantage.smallest(),
                    "workloads", advantage.workloads())));
    tree.put("advantages", advantages);
    tree.put("workloads", report.results().stream().map(JsonReport::tree).toList());
    return tree;
  }

  private static Map<String, Object> tree(WorkloadResult result) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", result.workload().name());
    tree.put("description", result.workload().describe());
    tree.put("batch", result.workload().batch());
    tree.put("absent", result.absent());
    tree.put("failed", result.failed());
    tree.put(
        "peers", result.measurements().stream().map(measured -> tree(result, measured)).toList());
    return tree;
  }

  private static Map<String, Object> tree(WorkloadResult result, Measurement measured) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("peer", measured.peer());
    tree.put("version", measured.version());
    tree.put("parameters", measured.parameters());
    tree.put("samples-per-second", summary(measured.samplesPerSecond()));
    tree.put("kiln-advantage", summary(result.advantage(measured)));
    tree.put("disturbance", summary(measured.disturbance()));
    measured.peakBytes().ifPresent(bytes -> tree.put("peak-bytes", bytes));
    measured.plannedBytes().ifPresent(bytes -> tree.put("planned-bytes", bytes));
    tree.put("start-seconds", measured.startSeconds());
    tree.put(
        "check",
        Map.of(
            "verdict", measured.sameness().verdict().name(),
            "losses", measured.sameness().losses(),
            "largest-difference", measured.sameness().largestDifference()));
    return tree;
  }

  private static Map<String, Object> summary(Series series) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("median", series.median());
    tree.put("min", series.min());
    tree.put("max", series.max());
    tree.put("values", series.values());
    return tree;
  }
}
