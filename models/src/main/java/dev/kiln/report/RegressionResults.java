package dev.kiln.report;

import dev.kiln.metrics.RegressionEvaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good a model of numbers is.
 *
 * @param loss the mean loss
 * @param evaluation the metrics, in the unit of the targets
 * @param targets the true values, in that unit
 * @param predictions the predicted values, one per target
 * @param width how many values a sample has
 * @param worst the predictions furthest from the truth
 */
public record RegressionResults(
    double loss,
    RegressionEvaluation evaluation,
    double[] targets,
    double[] predictions,
    int width,
    List<Mistake> worst)
    implements Results {

  private static final int MOST_POINTS = 2000;
  private static final int ERROR_BINS = 30;

  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if there are more targets than predictions, or fewer
   */
  public RegressionResults {
    worst = List.copyOf(worst);
    if (targets.length != predictions.length) {
      throw new IllegalArgumentException(
          "results: %d targets but %d predictions".formatted(targets.length, predictions.length));
    }
  }

  @Override
  public long rows() {
    return targets.length / width;
  }

  @Override
  public String size() {
    return width == 1
        ? Results.super.size()
        : "%,d windows with %d values each".formatted(rows(), width);
  }

  @Override
  public List<MeasuredMetric> metrics() {
    return MeasuredMetric.of(evaluation);
  }

  @Override
  public String exhibited() {
    return "Largest errors";
  }

  @Override
  public Map<String, @Nullable Object> details() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("kind", "regression");
    values.put("points", points());
    values.put("errors", histogram());
    return values;
  }

  /** Returns pairs of true and predicted value; of many every n-th. */
  private List<List<Double>> points() {
    int step = Math.ceilDiv(targets.length, MOST_POINTS);
    List<List<Double>> points = new ArrayList<>();
    for (int i = 0; i < targets.length; i += step) {
      points.add(List.of(targets[i], predictions[i]));
    }
    return points;
  }

  /** Returns how many errors, prediction less target, lie in each of equally wide bins. */
  private List<List<Number>> histogram() {
    double[] errors = new double[targets.length];
    Arrays.setAll(errors, i -> predictions[i] - targets[i]);
    double low = Arrays.stream(errors).min().orElse(0);
    double high = Arrays.stream(errors).max().orElse(0);
    double width = high > low ? (high - low) / ERROR_BINS : 1;
    long[] counts = new long[ERROR_BINS];
    for (double error : errors) {
      counts[Math.min(ERROR_BINS - 1, (int) ((error - low) / width))]++;
    }
    List<List<Number>> bins = new ArrayList<>();
    for (int i = 0; i < ERROR_BINS; i++) {
      bins.add(List.of(low + i * width, low + (i + 1) * width, counts[i]));
    }
    return bins;
  }
}
