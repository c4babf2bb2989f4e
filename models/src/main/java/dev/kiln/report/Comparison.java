package dev.kiln.report;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs side by side, on the same samples.
 *
 * @param subject which samples, in one line
 * @param runs the runs, at least one
 * @param tests whether pairs of them differ by more than chance
 */
public record Comparison(String subject, List<ComparedRun> runs, List<PairTest> tests) {

  /** Copies the lists. */
  public Comparison {
    runs = List.copyOf(runs);
    tests = List.copyOf(tests);
  }

  /** Returns every key of a configuration, in the order in which to show them. */
  public Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    runs.forEach(run -> keys.addAll(run.configuration().keySet()));
    return keys;
  }

  /** Returns whether runs have different values for a key of the configuration. */
  public boolean differs(String key) {
    return runs.stream().map(run -> run.configuration().getOrDefault(key, "")).distinct().count()
        > 1;
  }

  /** Returns the comparison as one HTML file that needs nothing else. */
  public String toHtml() {
    return HtmlPage.COMPARISON.render("Comparison of %d runs".formatted(runs.size()), toMap());
  }

  private Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("title", "Comparison of %d runs".formatted(runs.size()));
    values.put("subject", subject);
    values.put("runs", runs.stream().map(ComparedRun::toMap).toList());
    values.put("keys", keys());
    values.put("differences", keys().stream().filter(this::differs).toList());
    values.put("tests", tests.stream().map(PairTest::toMap).toList());
    return values;
  }
}
