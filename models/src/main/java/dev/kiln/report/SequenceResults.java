package dev.kiln.report;

import dev.kiln.metrics.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good a model of sequences is, such as a language model or a translator.
 *
 * @param loss the mean loss
 * @param rows how many sequences were looked at
 * @param evaluations the metrics: of the likelihood of the true tokens, of the edits, or of both
 * @param worst the sequences it has most wrong
 */
public record SequenceResults(
    double loss, long rows, List<Evaluation> evaluations, List<Mistake> worst) implements Results {

  /** Copies the lists. */
  public SequenceResults {
    evaluations = List.copyOf(evaluations);
    worst = List.copyOf(worst);
  }

  @Override
  public List<MeasuredMetric> metrics() {
    return evaluations.stream().flatMap(one -> MeasuredMetric.of(one).stream()).toList();
  }

  @Override
  public Map<String, @Nullable Object> details() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("kind", "sequences");
    return values;
  }
}
