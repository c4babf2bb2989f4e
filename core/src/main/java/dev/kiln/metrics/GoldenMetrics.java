package dev.kiln.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * Runs the golden metric cases: inputs with the values that scikit-learn computed for them.
 *
 * <p>The file is a JSON list of cases; {@code null} stands for an undefined value. A key that is
 * not understood is an error, so that no expectation is passed over.
 */
public final class GoldenMetrics {
  /** Where the cases lie among the resources. */
  public static final String RESOURCE = "/golden/metrics.json";

  /** The largest error allowed, relative to the expected value where that exceeds one. */
  public static final double TOLERANCE = 1e-14;

  /**
   * How one expectation of one case came out.
   *
   * @param testCase kind and name of the case, such as {@code binary/ties}
   * @param metric path of the expectation, such as {@code roc.fpr}
   * @param error largest error over its values; infinite where the shape or a null differs
   * @param tolerance largest error allowed
   */
  public record Result(String testCase, String metric, double error, double tolerance) {
    /** Returns whether the error is within the tolerance. */
    public boolean passed() {
      return error <= tolerance;
    }
  }

  private final List<Result> results = new ArrayList<>();
  private final String testCase;

  private GoldenMetrics(String testCase) {
    this.testCase = testCase;
  }

  /**
   * Runs the cases that ship with Kiln.
   *
   * @throws IOException if they cannot be read
   */
  public static List<Result> run() throws IOException {
    try (InputStream json = GoldenMetrics.class.getResourceAsStream(RESOURCE)) {
      if (json == null) {
        throw new IOException("metrics: the resource " + RESOURCE + " is missing");
      }
      return run(json);
    }
  }

  /**
   * Runs every case of a file in the format of {@code metrics.json}.
   *
   * @throws IOException if it is no valid JSON
   * @throws IllegalArgumentException if a case lacks a field or holds one that is not understood
   */
  public static List<Result> run(InputStream json) throws IOException {
    JsonNode cases = new ObjectMapper().readTree(json);
    if (!cases.isArray()) {
      throw new IllegalArgumentException("golden metrics: the file is not a JSON list of cases");
    }
    List<Result> all = new ArrayList<>();
    for (JsonNode one : cases) {
      String kind = one.required("kind").asText();
      GoldenMetrics golden = new GoldenMetrics(kind + "/" + one.required("name").asText());
      switch (kind) {
        case "binary" -> golden.runBinary(one);
        case "multiclass" -> golden.runMulticlass(one);
        case "regression" -> golden.runRegression(one);
        default ->
            throw new IllegalArgumentException(
                "golden metrics: kind '" + kind + "' is neither binary, multiclass nor regression");
      }
      all.addAll(golden.results);
    }
    return List.copyOf(all);
  }

  private void runBinary(JsonNode one) {
    BinaryAccumulator accumulator = new BinaryAccumulator();
    accumulator.add(ints(one.required("target")), doubles(one.required("score")));
    BinaryEvaluation evaluation = accumulator.evaluate().at(one.required("threshold").asDouble());
    BinaryCounts counts = evaluation.counts();
    for (Map.Entry<String, JsonNode> expected : one.required("expected").properties()) {
      String name = expected.getKey();
      JsonNode want = expected.getValue();
      switch (name) {
        case "tp" -> compare(name, want, counts.tp());
        case "fp" -> compare(name, want, counts.fp());
        case "tn" -> compare(name, want, counts.tn());
        case "fn" -> compare(name, want, counts.fn());
        case "roc" -> compareRoc(want, evaluation.rocCurve());
        case "pr" -> comparePrecisionRecall(want, evaluation.precisionRecallCurve());
        default -> compare(name, want, evaluation.value(Metric.named(name)));
      }
    }
  }

  private void compareRoc(JsonNode want, RocCurve curve) {
    compare("roc.fpr", want.required("fpr"), curve.size(), curve::falsePositiveRate);
    compare("roc.tpr", want.required("tpr"), curve.size(), curve::truePositiveRate);
    compare("roc.thresholds", want.required("thresholds"), curve.size(), curve::threshold);
  }

  private void comparePrecisionRecall(JsonNode want, PrecisionRecallCurve curve) {
    compare("pr.precision", want.required("precision"), curve.size(), curve::precision);
    compare("pr.recall", want.required("recall"), curve.size(), curve::recall);
    compare("pr.thresholds", want.required("thresholds"), curve.size() - 1, curve::threshold);
  }

  private void runMulticlass(JsonNode one) {
    JsonNode rows = one.required("probability");
    double[][] probabilities = new double[rows.size()][];
    for (int row = 0; row < probabilities.length; row++) {
      probabilities[row] = doubles(rows.get(row));
    }
    MulticlassAccumulator accumulator =
        MulticlassAccumulator.withCurves(probabilities.length == 0 ? 0 : probabilities[0].length);
    accumulator.add(ints(one.required("target")), probabilities);
    MulticlassEvaluation evaluation = accumulator.evaluate();
    for (Map.Entry<String, JsonNode> expected : one.required("expected").properties()) {
      String name = expected.getKey();
      JsonNode want = expected.getValue();
      switch (name) {
        case "confusion" -> compareConfusion(want, evaluation.confusionMatrix());
        case "macro", "micro", "weighted" -> compareAverages(name, want, evaluation);
        case "per_class" -> comparePerClass(want, evaluation.confusionMatrix().perClass());
        default -> compare(name, want, evaluation.value(Metric.named(name)));
      }
    }
  }

  private void compareConfusion(JsonNode want, ConfusionMatrix got) {
    for (int truth = 0; truth < Math.max(want.size(), got.classes()); truth++) {
      String name = "confusion[" + truth + "]";
      if (truth >= want.size() || truth >= got.classes()) {
        record(name, Double.POSITIVE_INFINITY);
      } else {
        int row = truth;
        compare(name, want.get(row), got.classes(), predicted -> got.count(row, predicted));
      }
    }
  }

  private void compareAverages(String average, JsonNode want, MulticlassEvaluation evaluation) {
    for (Map.Entry<String, JsonNode> expected : want.properties()) {
      Metric metric = Metric.named(expected.getKey() + "_" + average);
      compare(average + "." + expected.getKey(), expected.getValue(), evaluation.value(metric));
    }
  }

  private void comparePerClass(JsonNode want, List<BinaryCounts> perClass) {
    for (Map.Entry<String, JsonNode> expected : want.properties()) {
      String name = expected.getKey();
      IntToDoubleFunction got =
          name.equals("support")
              ? label -> perClass.get(label).support()
              : label -> BinaryCounts.rate(Metric.named(name)).applyAsDouble(perClass.get(label));
      compare("per_class." + name, expected.getValue(), perClass.size(), got);
    }
  }

  private void runRegression(JsonNode one) {
    RegressionAccumulator accumulator = new RegressionAccumulator();
    accumulator.add(doubles(one.required("target")), doubles(one.required("prediction")));
    RegressionEvaluation evaluation = accumulator.evaluate();
    for (Map.Entry<String, JsonNode> expected : one.required("expected").properties()) {
      String name = expected.getKey();
      compare(name, expected.getValue(), evaluation.value(Metric.named(name)));
    }
  }

  private void compare(String name, JsonNode want, double got) {
    record(name, error(number(want), got));
  }

  private void compare(String name, JsonNode want, int size, IntToDoubleFunction got) {
    if (want.size() != size) {
      record(name, Double.POSITIVE_INFINITY);
      return;
    }
    double largest = 0;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, error(number(want.get(i)), got.applyAsDouble(i)));
    }
    record(name, largest);
  }

  private void record(String name, double error) {
    results.add(new Result(testCase, name, error, TOLERANCE));
  }

  private static double error(double want, double got) {
    if (Double.compare(want, got) == 0) {
      return 0; // also two infinities, and two undefined values
    }
    double difference = Math.abs(got - want) / Math.max(1, Math.abs(want));
    return Double.isFinite(difference) ? difference : Double.POSITIVE_INFINITY;
  }

  private static double number(JsonNode node) {
    if (node.isNull()) {
      return Double.NaN;
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return switch (node.asText().toLowerCase(Locale.ROOT)) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default ->
          throw new IllegalArgumentException(
              "golden metrics: " + node + " is neither a number nor null, \"inf\" or \"-inf\"");
    };
  }

  private static double[] doubles(JsonNode list) {
    double[] values = new double[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(list.get(i));
    }
    return values;
  }

  private static int[] ints(JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = list.get(i);
      if (!value.canConvertToInt() || !value.isIntegralNumber()) {
        throw new IllegalArgumentException("golden metrics: the label " + value + " is no integer");
      }
      values[i] = value.intValue();
    }
    return values;
  }
}
