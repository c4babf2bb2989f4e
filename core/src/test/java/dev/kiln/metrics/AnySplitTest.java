package dev.kiln.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** However rows are split, ordered and merged, every metric is the same to the last bit. */
class AnySplitTest {
  private static final int CLASSES = 4;

  @Property(tries = 200)
  void binary(@ForAll @IntRange(min = 1, max = 60) int rows, @ForAll long seed) {
    Random random = new Random(seed);
    int[] targets = random.ints(rows, 0, 2).toArray();
    double[] scores = scores(random, rows);

    BinaryEvaluation whole = allRows(rows, BinaryAccumulator::new, adder(targets, scores));
    BinaryEvaluation split =
        inAnySplit(
            random, rows, BinaryAccumulator::new, adder(targets, scores), BinaryAccumulator::merge);

    assertSame(split, whole);
    assertThat(points(split)).isEqualTo(points(whole));
    assertThat(split.calibration(7, CalibrationCurve.Binning.QUANTILE))
        .isEqualTo(whole.calibration(7, CalibrationCurve.Binning.QUANTILE));
    Bootstrap bootstrap = new Bootstrap(5, 0.9, seed);
    assertThat(bootstrap.interval(split, BinaryEvaluation::brier))
        .isEqualTo(bootstrap.interval(whole, BinaryEvaluation::brier));
  }

  @Property(tries = 200)
  void multiclass(@ForAll @IntRange(min = 1, max = 60) int rows, @ForAll long seed) {
    Random random = new Random(seed);
    int[] targets = random.ints(rows, 0, CLASSES).toArray();
    double[][] probabilities = new double[rows][];
    for (int row = 0; row < rows; row++) {
      double[] weights = random.doubles(CLASSES, 0.01, 1).map(x -> Math.ceil(5 * x)).toArray();
      double sum = IntStream.range(0, CLASSES).mapToDouble(i -> weights[i]).sum();
      probabilities[row] = IntStream.range(0, CLASSES).mapToDouble(i -> weights[i] / sum).toArray();
    }
    Supplier<MulticlassAccumulator> create = () -> MulticlassAccumulator.withCurves(CLASSES);
    BiConsumer<MulticlassAccumulator, int[]> add =
        (accumulator, selection) ->
            accumulator.add(
                IntStream.of(selection).map(i -> targets[i]).toArray(),
                IntStream.of(selection).mapToObj(i -> probabilities[i]).toArray(double[][]::new));

    MulticlassEvaluation whole = allRows(rows, create, add);
    MulticlassEvaluation split =
        inAnySplit(random, rows, create, add, MulticlassAccumulator::merge);

    assertSame(split, whole);
    assertThat(split.confusionMatrix()).isEqualTo(whole.confusionMatrix());
  }

  @Property(tries = 200)
  void multilabel(@ForAll @IntRange(min = 1, max = 60) int rows, @ForAll long seed) {
    Random random = new Random(seed);
    int[][] targets = new int[rows][];
    double[][] scores = new double[rows][];
    for (int row = 0; row < rows; row++) {
      targets[row] = random.ints(CLASSES, 0, 2).toArray();
      scores[row] = scores(random, CLASSES);
    }
    Supplier<MultilabelAccumulator> create = () -> new MultilabelAccumulator(CLASSES);
    BiConsumer<MultilabelAccumulator, int[]> add =
        (accumulator, selection) ->
            accumulator.add(
                IntStream.of(selection).mapToObj(i -> targets[i]).toArray(int[][]::new),
                IntStream.of(selection).mapToObj(i -> scores[i]).toArray(double[][]::new));

    assertSame(
        inAnySplit(random, rows, create, add, MultilabelAccumulator::merge),
        allRows(rows, create, add));
  }

  @Property(tries = 200)
  void regression(@ForAll @IntRange(min = 1, max = 60) int rows, @ForAll long seed) {
    Random random = new Random(seed);
    double[] targets =
        random.doubles(rows, -1, 1).map(x -> x * Math.pow(10, random.nextInt(16))).toArray();
    double[] predictions = random.doubles(rows, -1, 1).toArray();
    BiConsumer<RegressionAccumulator, int[]> add =
        (accumulator, selection) ->
            accumulator.add(select(targets, selection), select(predictions, selection));

    assertSame(
        inAnySplit(random, rows, RegressionAccumulator::new, add, RegressionAccumulator::merge),
        allRows(rows, RegressionAccumulator::new, add));
  }

  @Property(tries = 200)
  void likelihood(@ForAll @IntRange(min = 1, max = 60) int rows, @ForAll long seed) {
    Random random = new Random(seed);
    double[] logLikelihoods = random.doubles(rows, -20, 0).toArray();
    BiConsumer<LikelihoodAccumulator, int[]> add =
        (accumulator, selection) -> accumulator.add(select(logLikelihoods, selection));

    assertSame(
        inAnySplit(random, rows, LikelihoodAccumulator::new, add, LikelihoodAccumulator::merge),
        allRows(rows, LikelihoodAccumulator::new, add));
  }

  private static BiConsumer<BinaryAccumulator, int[]> adder(int[] targets, double[] scores) {
    return (accumulator, selection) ->
        accumulator.add(
            IntStream.of(selection).map(i -> targets[i]).toArray(), select(scores, selection));
  }

  /** Half of the scores are rounded, so that ties occur. */
  private static double[] scores(Random random, int size) {
    return IntStream.range(0, size)
        .mapToDouble(i -> random.nextBoolean() ? random.nextDouble() : random.nextInt(5) / 4.0)
        .toArray();
  }

  private static double[] select(double[] values, int[] selection) {
    return IntStream.of(selection).mapToDouble(i -> values[i]).toArray();
  }

  private static <A extends Accumulator<E>, E extends Evaluation> E allRows(
      int rows, Supplier<A> create, BiConsumer<A, int[]> add) {
    A accumulator = create.get();
    add.accept(accumulator, IntStream.range(0, rows).toArray());
    return accumulator.evaluate();
  }

  /** Deals shuffled rows in batches of any size to three workers and merges these. */
  private static <A extends Accumulator<E>, E extends Evaluation> E inAnySplit(
      Random random,
      int rows,
      Supplier<A> create,
      BiConsumer<A, int[]> add,
      BiConsumer<A, A> merge) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
    Collections.shuffle(order, random);
    List<A> workers = List.of(create.get(), create.get(), create.get());
    for (int start = 0; start < rows; ) {
      int end = Math.min(rows, start + 1 + random.nextInt(10));
      int[] batch = order.subList(start, end).stream().mapToInt(Integer::intValue).toArray();
      add.accept(workers.get(random.nextInt(3)), batch);
      start = end;
    }
    A merged = workers.get(1);
    merge.accept(merged, workers.get(2));
    merge.accept(merged, workers.get(0));
    return merged.evaluate();
  }

  private static void assertSame(Evaluation split, Evaluation whole) {
    assertThat(split.rows()).isEqualTo(whole.rows());
    for (Metric metric : whole.metrics()) {
      Double expected = whole.value(metric); // boxed, so that NaN equals NaN
      assertThat(split.value(metric)).as(metric.id()).isEqualTo(expected);
    }
  }

  private static List<List<Double>> points(BinaryEvaluation evaluation) {
    RocCurve roc = evaluation.rocCurve();
    PrecisionRecallCurve curve = evaluation.precisionRecallCurve();
    return IntStream.range(0, roc.size())
        .mapToObj(i ->
            List.of(
                roc.threshold(i),
                roc.falsePositiveRate(i),
                roc.truePositiveRate(i),
                curve.threshold(i),
                curve.precision(i),
                curve.recall(i)))
        .toList();
  }
}
