package dev.kiln.report;

import dev.kiln.metrics.BinaryEvaluation;
import dev.kiln.metrics.Metric;
import dev.kiln.metrics.ThresholdCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The points of a class's curves that a page draws and lets people move along: enough of them that
 * no one sees a difference, each with its exact threshold and counts.
 *
 * <p>A point left out is nearer than the resolution to one kept before it, in false and true
 * positive rate as in precision. Areas are those of all points.
 */
final class CurvePoints {

  /** The rates for whose best threshold there is a button. */
  private static final List<Metric> AIMS =
      List.of(Metric.F1, Metric.BALANCED_ACCURACY, Metric.MATTHEWS, Metric.ACCURACY);

  private final BinaryEvaluation evaluation;
  private final List<Integer> kept;
  private final Map<Metric, Integer> best = new LinkedHashMap<>();

  /**
   * Chooses points.
   *
   * @param evaluation one class against the rest
   * @param resolution the largest distance to a point that is left out, a share of an axis
   */
  CurvePoints(BinaryEvaluation evaluation, double resolution) {
    this.evaluation = evaluation;
    ThresholdCounts counts = evaluation.scores();
    Set<Integer> chosen = new TreeSet<>(List.of(0, counts.size() - 1));
    Map<Metric, Integer> entries = new LinkedHashMap<>();
    for (Metric aim : AIMS) {
      int entry = entryAt(counts, evaluation.bestThreshold(aim));
      entries.put(aim, entry);
      chosen.add(entry);
    }
    addSpaced(counts, resolution, chosen);
    addAround(counts, evaluation.threshold(), chosen);
    this.kept = List.copyOf(chosen);
    entries.forEach((aim, entry) -> best.put(aim, kept.indexOf(entry)));
  }

  private static void addSpaced(ThresholdCounts counts, double resolution, Set<Integer> chosen) {
    int last = 0;
    for (int i = 1; i < counts.size(); i++) {
      if (distance(counts, last, i) >= resolution) {
        chosen.add(i);
        last = i;
      }
    }
  }

  /** Keeps the neighbours of the threshold in use, so that its counts are exact in the page. */
  private static void addAround(ThresholdCounts counts, double threshold, Set<Integer> chosen) {
    int reached = entryAt(counts, threshold);
    chosen.add(reached);
    chosen.add(Math.min(counts.size() - 1, reached + 1));
  }

  /** Returns the last entry whose score reaches a threshold, the first entry if none does. */
  private static int entryAt(ThresholdCounts counts, double threshold) {
    int low = 0;
    int high = counts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (counts.threshold(middle) >= threshold) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static double distance(ThresholdCounts counts, int a, int b) {
    double falsePositives = counts.falsePositives(b) - counts.falsePositives(a);
    double truePositives = counts.truePositives(b) - counts.truePositives(a);
    return Math.max(
        Math.max(
            falsePositives / Math.max(1, counts.negatives()),
            truePositives / Math.max(1, counts.positives())),
        Math.abs(counts.counts(b).precision() - counts.counts(a).precision()));
  }

  /** Returns the points as JSON has them, from the highest threshold down. */
  Map<String, @Nullable Object> toMap() {
    ThresholdCounts counts = evaluation.scores();
    List<Double> thresholds = new ArrayList<>();
    List<Integer> truePositives = new ArrayList<>();
    List<Integer> falsePositives = new ArrayList<>();
    for (int entry : kept) {
      thresholds.add(counts.threshold(entry));
      truePositives.add(counts.truePositives(entry));
      falsePositives.add(counts.falsePositives(entry));
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("thresholds", thresholds);
    values.put("tp", truePositives);
    values.put("fp", falsePositives);
    values.put("distinct", counts.size());
    values.put("positives", counts.positives());
    values.put("negatives", counts.negatives());
    values.put("rocAuc", Json.number(evaluation.rocAuc()));
    values.put("averagePrecision", Json.number(evaluation.averagePrecision()));
    values.put("prAuc", Json.number(evaluation.value(Metric.PR_AUC_TRAPEZOID)));
    Map<String, Integer> aims = new LinkedHashMap<>();
    best.forEach((aim, point) -> aims.put(Titles.of(aim), point));
    values.put("best", aims);
    return values;
  }
}
