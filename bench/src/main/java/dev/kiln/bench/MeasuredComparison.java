package dev.kiln.bench;

import dev.kiln.bench.report.ComparisonTables;
import dev.kiln.bench.report.Conditions;
import dev.kiln.bench.report.Machine;
import dev.kiln.bench.report.Report;
import dev.kiln.bench.report.WorkloadResult;
import dev.kiln.bench.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A comparison as its user sees it: what is measured is printed, and kept in a file, at once. */
final class MeasuredComparison {

  private final Conditions conditions;
  private final List<Workload> workloads;
  private final @Nullable Path json;
  private final PrintWriter out;
  private final List<WorkloadResult> results = new CopyOnWriteArrayList<>();

  /**
   * Prepares a comparison.
   *
   * @param workloads what is trained
   * @param json where every figure is written; null for nowhere
   * @throws IOException if it cannot be written there
   */
  MeasuredComparison(
      Conditions conditions, List<Workload> workloads, @Nullable Path json, PrintWriter out)
      throws IOException {
    this.conditions = conditions;
    this.workloads = workloads;
    this.json = json;
    this.out = out;
    if (json != null) {
      ResultFiles.check(json);
    }
  }

  /**
   * Measures every workload.
   *
   * @param lineup who takes part
   * @param folder where the parties leave their files
   * @return whether nothing failed
   */
  boolean run(Lineup lineup, Path folder) throws IOException, InterruptedException {
    lineup.absent().forEach((peer, why) -> out.println("absent: %s: %s".formatted(peer, why)));
    lineup.commits().forEach((peer, what) -> out.println("%s: %s".formatted(peer, what)));
    Machine machine = Machine.here();
    out.println(machine.describe());
    out.flush();
    Instant began = Instant.now();
    long parts = workloads.size() * Comparison.parts(conditions, lineup.commands().size());
    try (Progress progress = new Progress(out, "bench", parts)) {
      Comparison comparison = new Comparison(conditions, folder, progress);
      for (Workload workload : workloads) {
        WorkloadResult result = comparison.run(workload, lineup.commands());
        results.add(result);
        progress.pause();
        print(result);
        Report report =
            new Report(
                machine,
                SourceState.commit(),
                began,
                conditions,
                List.copyOf(results),
                lineup.commits(),
                lineup.absent());
        // After every workload, so that an interruption loses none that was measured.
        if (json != null) {
          ResultFiles.write(json, report);
        }
        if (results.size() == workloads.size()) {
          summarize(report);
        }
      }
    }
    return results.stream().allMatch(result -> result.failed().isEmpty());
  }

  /** Returns what an interruption now leaves, in one sentence; from any thread. */
  String kept() {
    return json == null || results.isEmpty()
        ? "no results were written"
        : "%d of %d workloads are in %s and %s"
            .formatted(results.size(), workloads.size(), json, ResultFiles.page(json));
  }

  private void print(WorkloadResult result) {
    Workload workload = result.workload();
    out.println("%n%s: %s".formatted(workload.name(), workload.describe()));
    ComparisonTables.of(result).text().forEach(line -> out.println("  " + line));
    result
        .absent()
        .forEach((peer, reason) -> out.println("  %s cannot: %s".formatted(peer, reason)));
    result
        .failed()
        .forEach((peer, reason) -> out.println("  %s failed: %s".formatted(peer, reason)));
    out.flush();
  }

  private void summarize(Report report) {
    if (!report.advantages().isEmpty()) {
      out.println("%nHow many times as fast %s is:".formatted(report.first()));
      ComparisonTables.advantages(report).text().forEach(line -> out.println("  " + line));
    }
    report.warning().ifPresent(warning -> out.println("\n" + warning));
    if (json != null) {
      out.println("%nwritten: %s and %s".formatted(json, ResultFiles.page(json)));
    }
    out.flush();
  }
}
