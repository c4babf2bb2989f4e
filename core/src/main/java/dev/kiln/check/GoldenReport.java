package dev.kiln.check;

import dev.kiln.check.CaseResult.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a set of golden cases came out.
 *
 * @param results one for each case, in the order in which they ran
 */
public record GoldenReport(List<CaseResult> results) {

  /** Copies the results. */
  public GoldenReport {
    results = List.copyOf(results);
  }

  /** Returns how many cases came out in some way. */
  public long count(Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }

  /** Returns whether no case failed. */
  public boolean passed() {
    return count(Outcome.FAILED) == 0;
  }

  /**
   * Returns the report for people: a line for every operation with its largest error against the
   * tolerance, a line for every case that failed or was skipped, and the closing line {@code N
   * passed, N failed, N skipped}.
   */
  public List<String> lines() {
    Map<String, List<CaseResult>> byOperation = new TreeMap<>();
    for (CaseResult result : results) {
      byOperation.computeIfAbsent(result.operation(), name -> new ArrayList<>()).add(result);
    }
    List<String> lines = new ArrayList<>();
    byOperation.forEach((operation, cases) -> lines.add(line(operation, cases)));
    for (CaseResult result : results) {
      switch (result.outcome()) {
        case PASSED -> {}
        case FAILED -> lines.add("FAILED  " + result.name() + ": " + result.message());
        case SKIPPED -> lines.add("skipped " + result.name() + ": " + result.message());
      }
    }
    lines.add(
        "%d passed, %d failed, %d skipped"
            .formatted(count(Outcome.PASSED), count(Outcome.FAILED), count(Outcome.SKIPPED)));
    return lines;
  }

  private static String line(String operation, List<CaseResult> cases) {
    Optional<Deviation> worst =
        cases.stream()
            .flatMap(result -> result.deviations().stream())
            .max(Comparator.comparingDouble(Deviation::ratio));
    boolean failed = cases.stream().anyMatch(result -> result.outcome() == Outcome.FAILED);
    boolean skipped = cases.stream().allMatch(result -> result.outcome() == Outcome.SKIPPED);
    String verdict = failed ? "FAILED" : skipped ? "skipped" : "ok";
    String error =
        worst
            .map(deviation ->
                String.format(
                    Locale.ROOT,
                    "largest error %.2e of %.2e allowed, in %s",
                    deviation.error(),
                    deviation.allowed(),
                    deviation.tensor()))
            .orElse("nothing compared");
    return String.format(
        Locale.ROOT, "%-34s %-7s %2d cases  %s", operation, verdict, cases.size(), error);
  }
}
