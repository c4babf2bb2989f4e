package dev.kiln.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the report of one run shows.
 *
 * @param title the name of the run
 * @param subject which samples were evaluated with which weights, in one line
 * @param facts configuration, environment, time and memory
 * @param followed the metric by which the training chose its best epoch
 * @param history the epochs of the training, from the first; empty where it is not known
 * @param layers the summary of the model
 * @param results how good it is
 */
public record RunReport(
    String title,
    String subject,
    List<Facts> facts,
    FollowedMetric followed,
    List<Epoch> history,
    List<LayerRow> layers,
    Results results) {

  /** Copies the lists. */
  public RunReport {
    facts = List.copyOf(facts);
    history = List.copyOf(history);
    layers = List.copyOf(layers);
  }

  /** Returns the report as one HTML file that needs nothing else. */
  public String toHtml() {
    return HtmlPage.REPORT.render(title, toMap());
  }

  /** Returns what the page's charts and tables are made from, ready to be written as JSON. */
  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("title", title);
    values.put("subject", subject);
    values.put("facts", facts);
    values.put("history", history.stream().map(Epoch::toMap).toList());
    values.put("generalization", GeneralizationGap.of(history, followed).toMap());
    values.put(
        "scaling", GradientScaling.after(history).map(GradientScaling::sentence).orElse(null));
    values.put("layers", layers);
    values.put("loss", Json.number(results.loss()));
    values.put("rows", results.rows());
    values.put("size", results.size());
    values.put("metrics", results.metrics().stream().map(MeasuredMetric::toMap).toList());
    values.put("exhibited", results.exhibited());
    values.put("worst", results.worst().stream().map(Mistake::toMap).toList());
    values.putAll(results.details());
    return values;
  }
}
