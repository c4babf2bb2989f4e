package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kiln evaluate}: what it prints and what it leaves. */
class EvaluateCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path temp;

  private static Path run;

  @BeforeAll
  static void train() {
    run = temp.resolve("run");
    assertThat(Cli.train(run).exitCode()).isZero();
  }

  private static Cli.Result evaluate(String... more) {
    List<String> args =
        new ArrayList<>(List.of("evaluate", run.toString(), "--backend", "reference"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray(String[]::new));
  }

  @Test
  void printsTheFiguresAndLeavesPredictionsMetricsAndReport() throws IOException {
    Cli.Result result = evaluate();

    Path folder = run.resolve("evaluation-test");
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("accuracy")
        .contains("ROC AUC")
        .contains("looked for is benign, predicted where it is the more probable class")
        .contains("precision    recall")
        .contains("written: " + folder.resolve("report.html"));
    JsonNode metrics = JSON.readTree(folder.resolve("metrics.json").toFile());
    assertThat(metrics.path("positive").path("class").asText()).isEqualTo("benign");
    assertThat(metrics.path("samples").asInt()).isEqualTo(rows(folder).size());
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("Kiln report")
        .contains("\"kind\":\"classification\"")
        .contains("Trained on");
  }

  /** The areas again, by other algorithms, from the predictions alone. */
  @Test
  void theAreasFollowFromThePredictions() throws IOException {
    evaluate("--out", temp.resolve("areas").toString());

    List<NamedCsvRecord> rows = rows(temp.resolve("areas"));
    JsonNode positive =
        JSON.readTree(temp.resolve("areas/metrics.json").toFile()).path("positive").path("metrics");
    assertThat(positive.path("roc_auc").asDouble()).isCloseTo(mannWhitney(rows), within(1e-12));
    assertThat(positive.path("average_precision").asDouble())
        .isCloseTo(meanPrecisionAtPositives(rows), within(1e-12));
    long correct = rows.stream().filter(row -> row.getField("correct").equals("true")).count();
    assertThat(positive.path("accuracy").asDouble())
        .isCloseTo((double) correct / rows.size(), within(1e-12));
  }

  /** The curves that the report draws enclose the areas that it names. */
  @Test
  void theReportDrawsCurvesOfTheseAreas() throws IOException {
    Path folder = temp.resolve("drawn");
    evaluate("--out", folder.toString());

    String page = Files.readString(folder.resolve("report.html"));
    String begin = "<script type=\"application/json\" id=\"data\">";
    int from = page.indexOf(begin) + begin.length();
    JsonNode curve =
        JSON.readTree(page.substring(from, page.indexOf("</script>", from))).path("curves").path(1);
    double area = 0;
    double averagePrecision = 0;
    double precisionArea = 0;
    double[] before = {0, 0, 1}; // false positive rate, recall, precision
    for (int i = 0; i < curve.path("thresholds").size(); i++) {
      double tp = curve.path("tp").path(i).asDouble();
      double fp = curve.path("fp").path(i).asDouble();
      double[] now = {
        fp / curve.path("negatives").asInt(), tp / curve.path("positives").asInt(), tp / (tp + fp)
      };
      area += (now[0] - before[0]) * (now[1] + before[1]) / 2;
      averagePrecision += (now[1] - before[1]) * now[2];
      precisionArea += (now[1] - before[1]) * (now[2] + before[2]) / 2;
      before = now;
    }
    List<NamedCsvRecord> rows = rows(folder);
    assertThat(area).isCloseTo(mannWhitney(rows), within(1e-12));
    assertThat(averagePrecision).isCloseTo(meanPrecisionAtPositives(rows), within(1e-12));
    assertThat(curve.path("rocAuc").asDouble()).isCloseTo(area, within(1e-12));
    assertThat(curve.path("averagePrecision").asDouble())
        .isCloseTo(averagePrecision, within(1e-12));
    assertThat(curve.path("prAuc").asDouble()).isCloseTo(precisionArea, within(1e-12));
  }

  /** The share of pairs of a positive and a negative sample that are ranked rightly. */
  private static double mannWhitney(List<NamedCsvRecord> rows) {
    double right = 0;
    long pairs = 0;
    for (NamedCsvRecord positive : rows) {
      for (NamedCsvRecord negative : rows) {
        if (isBenign(positive) && !isBenign(negative)) {
          pairs++;
          right += 0.5 * (1 + Math.signum(score(positive) - score(negative)));
        }
      }
    }
    return right / pairs;
  }

  /** The mean, over positive samples, of the precision among those scored at least as high. */
  private static double meanPrecisionAtPositives(List<NamedCsvRecord> rows) {
    return rows.stream()
        .filter(EvaluateCommandTest::isBenign)
        .mapToDouble(one -> {
          List<NamedCsvRecord> above =
              rows.stream().filter(other -> score(other) >= score(one)).toList();
          return (double) above.stream().filter(EvaluateCommandTest::isBenign).count()
              / above.size();
        })
        .average()
        .orElseThrow();
  }

  private static boolean isBenign(NamedCsvRecord row) {
    return row.getField("truth").equals("benign");
  }

  private static double score(NamedCsvRecord row) {
    return Float.parseFloat(row.getField("probability of benign"));
  }

  private static List<NamedCsvRecord> rows(Path folder) throws IOException {
    try (CsvReader<NamedCsvRecord> csv =
        CsvReader.builder().ofNamedCsvRecord(folder.resolve("predictions.csv"))) {
      return csv.stream().toList();
    }
  }

  @Test
  void aThresholdDecidesWhatIsPredicted() throws IOException {
    Path folder = temp.resolve("threshold");
    Cli.Result result =
        evaluate("--threshold", "0.2", "--positive", "malignant", "--out", folder.toString());

    assertThat(result.out())
        .contains("looked for is malignant, predicted from the probability 0.2 on");
    List<NamedCsvRecord> rows = rows(folder);
    assertThat(rows)
        .allSatisfy(row ->
            assertThat(row.getField("predicted"))
                .isEqualTo(
                    Float.parseFloat(row.getField("probability of malignant")) >= 0.2
                        ? "malignant"
                        : "benign"));
    long found =
        rows.stream()
            .filter(row -> row.getField("truth").equals("malignant"))
            .filter(row -> row.getField("predicted").equals("malignant"))
            .count();
    long all = rows.stream().filter(row -> row.getField("truth").equals("malignant")).count();
    JsonNode metrics = JSON.readTree(folder.resolve("metrics.json").toFile());
    assertThat(metrics.path("positive").path("metrics").path("recall").asDouble())
        .isEqualTo((double) found / all);
    assertThat(metrics.path("confusion").path(0).path(0).asLong()).isEqualTo(found);
  }

  @Test
  void theBestThresholdIsThatOfTheValidationPart() throws IOException {
    Path folder = temp.resolve("best");
    evaluate("--threshold", "f1", "--out", folder.toString());
    evaluate("--part", "validation", "--out", temp.resolve("validation").toString());

    double threshold =
        JSON.readTree(folder.resolve("metrics.json").toFile())
            .path("positive")
            .path("threshold")
            .asDouble();
    List<NamedCsvRecord> rows = rows(temp.resolve("validation"));
    double best = rows.stream().mapToDouble(row -> f1(rows, score(row))).max().orElseThrow();
    assertThat(f1(rows, threshold)).isCloseTo(best, within(1e-12));
  }

  private static double f1(List<NamedCsvRecord> rows, double threshold) {
    long predicted = rows.stream().filter(row -> score(row) >= threshold).count();
    long right = rows.stream().filter(row -> score(row) >= threshold && isBenign(row)).count();
    long truly = rows.stream().filter(EvaluateCommandTest::isBenign).count();
    return 2.0 * right / (predicted + truly);
  }

  @Test
  void chartsAreFilesOnRequest() throws IOException {
    Path charts = temp.resolve("charts");
    Cli.Result result = evaluate("--charts", charts.toString());

    assertThat(result.out()).contains("charts:  " + charts);
    try (var files = Files.list(charts)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted(Comparator.naturalOrder()))
          .contains("roc.svg", "precision-recall.svg", "confusion-matrix.svg");
    }
  }

  @Test
  void valuesAreJudgedInTheUnitOfTheData() throws IOException {
    Path regression = temp.resolve("regression");
    assertThat(Cli.train(regression, "--data", "sunspots", "--model", "mlp").exitCode()).isZero();
    Cli.Result result = Cli.run("evaluate", regression.toString(), "--backend", "reference");

    assertThat(result.exitCode()).isZero();
    Path folder = regression.resolve("evaluation-test");
    List<NamedCsvRecord> rows = rows(folder);
    double squares =
        rows.stream()
            .flatMapToDouble(row ->
                IntStream.range(0, 5) // years ahead
                    .mapToDouble(step ->
                        Math.pow(
                            Double.parseDouble(row.getField("predicted " + step))
                                - Double.parseDouble(row.getField("truth " + step)),
                            2)))
            .average()
            .orElseThrow();
    double rmse =
        JSON.readTree(folder.resolve("metrics.json").toFile())
            .path("metrics")
            .path("rmse")
            .asDouble();
    assertThat(rmse).isGreaterThan(1).isCloseTo(Math.sqrt(squares), within(1e-3));
    assertThat(Files.readString(folder.resolve("report.html"))).contains("\"kind\":\"regression\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--threshold 1.5        | --threshold must be from 0 to 1, not 1.5",
        "--threshold NaN        | --threshold must be from 0 to 1, not NaN",
        "--threshold brightness | --threshold must be a number from 0 to 1 or one of",
        "--threshold roc_auc    | --threshold must be a number from 0 to 1 or one of",
        "--positive maligant    | did you mean 'malignant'?",
        "--batch 0              | --batch must be at least 1, not 0"
      })
  void wrongOptionsAreExplained(String options, String message) {
    Cli.Result result = evaluate(options.split(" "));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(message);
  }
}
