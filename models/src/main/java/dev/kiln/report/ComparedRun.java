package dev.kiln.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run among others.
 *
 * @param name what it is called, unlike every other
 * @param configuration its configuration by key
 * @param history its epochs
 * @param results how good it is, on the same samples as the others
 */
public record ComparedRun(
    String name, Map<String, String> configuration, List<Epoch> history, Results results) {

  /** Copies the collections, keeping their order. */
  public ComparedRun {
    configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
    history = List.copyOf(history);
  }

  /** Returns the run as JSON has it. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("name", name);
    values.put("configuration", configuration);
    values.put("history", history.stream().map(Epoch::toMap).toList());
    values.put("loss", Json.number(results.loss()));
    values.put("metrics", results.metrics().stream().map(MeasuredMetric::toMap).toList());
    if (results instanceof ClassificationResults classes && classes.classes().size() == 2) {
      values.put("curve", classes.positiveCurve());
    }
    return values;
  }
}
