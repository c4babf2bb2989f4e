package dev.kiln.metrics;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * The percentile bootstrap: draws the rows anew with replacement and looks how a value scatters. B.
 * Efron, "Bootstrap methods: another look at the jackknife", 1979.
 *
 * <p>Same seed, same interval, whatever the order in which the rows were added. A draw in which the
 * value is undefined, as an area without positives, is drawn again. Ends are the percentiles of the
 * draws as Apache Commons Math defines them.
 *
 * @param replicates how many times to draw, at least 2
 * @param level confidence in (0, 1)
 * @param seed seed of the draws
 */
public record Bootstrap(int replicates, double level, long seed) {
  /**
   * Undefined draws tolerated per replicate; an area is undefined in at most two draws of three.
   */
  private static final long MOST_UNDEFINED = 100;

  /** Checks the arguments. */
  public Bootstrap {
    if (replicates < 2) {
      throw new IllegalArgumentException(
          "bootstrap: at least two replicates are needed, got " + replicates);
    }
    ConfidenceInterval.requireLevel(level);
  }

  /** Returns a bootstrap of 1000 replicates at 95 percent. */
  public static Bootstrap seeded(long seed) {
    return new Bootstrap(1000, ConfidenceInterval.DEFAULT_LEVEL, seed);
  }

  /**
   * Returns the interval of a value of binary scores, (NaN, NaN) if it is undefined for the rows as
   * they are.
   *
   * @param evaluation the rows
   * @param value what to compute of each draw, such as {@code BinaryEvaluation::rocAuc}
   */
  public ConfidenceInterval interval(
      BinaryEvaluation evaluation, ToDoubleFunction<BinaryEvaluation> value) {
    if (Double.isNaN(value.applyAsDouble(evaluation))) {
      return new ConfidenceInterval(Double.NaN, Double.NaN, level);
    }
    RandomGenerator random = new Well19937c(seed);
    Resampling resampling = new Resampling(evaluation.scores());
    double[] values = new double[replicates];
    int undefined = 0;
    for (int i = 0; i < replicates; ) {
      ThresholdCounts drawn = resampling.draw(random);
      values[i] = value.applyAsDouble(new BinaryEvaluation(drawn, evaluation.threshold()));
      if (!Double.isNaN(values[i])) {
        i++;
      } else if (++undefined > MOST_UNDEFINED * replicates) {
        throw new IllegalArgumentException(
            "bootstrap: the value is undefined in most draws; it needs more rows");
      }
    }
    Percentile percentile = new Percentile();
    percentile.setData(values);
    double tail = (1 - level) / 2;
    return new ConfidenceInterval(
        percentile.evaluate(100 * tail), percentile.evaluate(100 * (1 - tail)), level);
  }

  /** Draws rows with replacement, straight into descending order of score. */
  private static final class Resampling {
    private final ThresholdCounts scores;

    /** For each row in descending order: twice its entry, plus one if it is positive. */
    private final int[] groups;

    private final int[] drawn;

    Resampling(ThresholdCounts scores) {
      this.scores = scores;
      this.groups = new int[scores.rows()];
      this.drawn = new int[2 * scores.size()];
      int row = 0;
      for (int i = 0; i < scores.size(); i++) {
        for (int n = 0; n < scores.negativesAt(i); n++) {
          groups[row++] = 2 * i;
        }
        for (int p = 0; p < scores.positivesAt(i); p++) {
          groups[row++] = 2 * i + 1;
        }
      }
    }

    ThresholdCounts draw(RandomGenerator random) {
      Arrays.fill(drawn, 0);
      for (int i = 0; i < groups.length; i++) {
        drawn[groups[random.nextInt(groups.length)]]++;
      }
      return scores.withMultiplicities(drawn);
    }
  }
}
