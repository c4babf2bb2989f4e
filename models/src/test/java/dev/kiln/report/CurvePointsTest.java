package dev.kiln.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.metrics.BinaryAccumulator;
import dev.kiln.metrics.BinaryCounts;
import dev.kiln.metrics.BinaryEvaluation;
import dev.kiln.metrics.Metric;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The points that a page draws: few, exact, and no other lies far from them. */
class CurvePointsTest {

  @Property(tries = 50)
  void everyPointLeftOutIsNearOneThatIsKept(
      @ForAll @IntRange(min = 2, max = 20_000) int rows, @ForAll long seed) {
    double resolution = 1.0 / 64;
    BinaryEvaluation evaluation = scores(rows, seed);
    Map<String, ?> points = new CurvePoints(evaluation, resolution).toMap();
    List<?> thresholds = (List<?>) points.get("thresholds");
    List<?> truePositives = (List<?>) points.get("tp");
    List<?> falsePositives = (List<?>) points.get("fp");

    assertThat(thresholds).hasSizeLessThan(3000).isSortedAccordingTo((a, b) -> compare(b, a));
    int kept = -1;
    for (int i = 0; i < evaluation.scores().size(); i++) {
      if (kept + 1 < thresholds.size()
          && evaluation.scores().threshold(i) == (double) thresholds.get(kept + 1)) {
        kept++;
        assertThat(truePositives.get(kept)).isEqualTo(evaluation.scores().truePositives(i));
        assertThat(falsePositives.get(kept)).isEqualTo(evaluation.scores().falsePositives(i));
      }
      BinaryCounts counts = evaluation.scores().counts(i);
      BinaryCounts nearest = evaluation.at((double) thresholds.get(kept)).counts();
      assertThat(counts.recall() - nearest.recall()).isLessThan(resolution);
      assertThat(counts.falsePositiveRate() - nearest.falsePositiveRate()).isLessThan(resolution);
    }
    assertThat(kept).isEqualTo(thresholds.size() - 1);
    assertThat(points.get("rocAuc")).isEqualTo(evaluation.rocAuc());
  }

  @Property(tries = 50)
  void theBestThresholdsAndTheNeighboursOfTheOneInUseAreKept(
      @ForAll @IntRange(min = 2, max = 5000) int rows, @ForAll long seed) {
    BinaryEvaluation evaluation = scores(rows, seed);
    Map<String, ?> points = new CurvePoints(evaluation, 1).toMap();
    List<?> thresholds = (List<?>) points.get("thresholds");
    Map<?, ?> best = (Map<?, ?>) points.get("best");

    assertThat(thresholds.get((int) best.get("F1"))).isEqualTo(evaluation.bestThreshold(Metric.F1));
    double lastAbove = -1;
    for (int i = 0; i < evaluation.scores().size(); i++) {
      lastAbove =
          evaluation.scores().threshold(i) >= 0.5 ? evaluation.scores().threshold(i) : lastAbove;
    }
    if (lastAbove >= 0) {
      assertThat(thresholds.contains(lastAbove)).isTrue();
    }
  }

  private static int compare(Object a, Object b) {
    return Double.compare((double) a, (double) b);
  }

  private static BinaryEvaluation scores(int rows, long seed) {
    Random random = new Random(seed);
    BinaryAccumulator accumulator = new BinaryAccumulator();
    accumulator.add(0, random.nextDouble());
    accumulator.add(1, random.nextDouble());
    for (int i = 2; i < rows; i++) {
      int label = random.nextInt(2);
      accumulator.add(label, Math.clamp(0.35 + 0.3 * label + random.nextGaussian() / 5, 0, 1));
    }
    return accumulator.evaluate();
  }
}
