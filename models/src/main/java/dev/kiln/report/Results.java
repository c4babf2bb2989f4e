package dev.kiln.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How good a model is on some samples, by what it predicts. */
public sealed interface Results permits ClassificationResults, RegressionResults, SequenceResults {

  /** Returns the mean loss. */
  double loss();

  /** Returns how many samples were looked at. */
  long rows();

  /** Returns how many samples of what were looked at, such as {@code 1,000 samples}. */
  default String size() {
    return "%,d samples".formatted(rows());
  }

  /** Returns every metric, the most telling first. */
  List<MeasuredMetric> metrics();

  /** Returns what the samples shown have in common, as a heading. */
  String exhibited();

  /** Returns the samples it has most wrong, the worst first. */
  List<Mistake> worst();

  /** Returns what the page shows of this kind of results alone, ready to be written as JSON. */
  Map<String, @Nullable Object> details();
}
