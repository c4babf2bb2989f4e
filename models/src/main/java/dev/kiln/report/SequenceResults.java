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
 * @param unit what they are, in the plural, such as {@code different words}
 * @param evaluation the metrics
 * @param exhibited what the sequences shown have in common, as a heading
 * @param hardest the sequences it has most wrong
 * @param second others that tell something
 */
public record SequenceResults(
    double loss,
    long rows,
    String unit,
    Evaluation evaluation,
    String exhibited,
    Gallery hardest,
    Gallery second)
    implements Results {

  @Override
  public String size() {
    return "%,d %s".formatted(rows, unit);
  }

  @Override
  public List<MeasuredMetric> metrics() {
    return MeasuredMetric.of(evaluation);
  }

  @Override
  public List<Mistake> worst() {
    return hardest.samples();
  }

  @Override
  public Map<String, @Nullable Object> details() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("kind", "sequences");
    values.put("galleries", List.of(hardest.toMap(), second.toMap()));
    return values;
  }
}
