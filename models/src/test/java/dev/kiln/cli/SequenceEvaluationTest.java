package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.kiln.metrics.EditDistance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of texts and of words in other signs: their predictions, mistakes and comparisons. */
class SequenceEvaluationTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path temp;

  @BeforeAll
  static void train() throws IOException {
    Path text = temp.resolve("text.txt");
    Files.writeString(text, "the cat sat on the mat. a rat ran at the cat. ".repeat(60));
    train("text-1", "char-lm", "text", text, "1");
    train("text-2", "char-lm", "text", text, "2");
    Path dictionary = temp.resolve("dictionary");
    Files.write(dictionary, entries());
    train("words-1", "seq2seq", "spell-to-sound", dictionary, "1");
    train("words-3", "seq2seq", "spell-to-sound", dictionary, "3");
  }

  /** Every word of one to three of the letters a, b, c, spoken letter by letter. */
  private static List<String> entries() {
    List<String> entries = new ArrayList<>();
    for (String a : List.of("", "a", "b", "c")) {
      for (String b : List.of("", "a", "b", "c")) {
        for (String c : List.of("a", "b", "c")) {
          for (String d : List.of("a", "b", "c")) {
            String word = a + b + c + d;
            String sounds =
                word.chars().mapToObj(x -> (char) x + "x").collect(Collectors.joining(" "));
            entries.add("(\"%s\" n (((%s) 1)))".formatted(word, sounds));
          }
        }
      }
    }
    return entries;
  }

  private static void train(String run, String model, String data, Path file, String epochs) {
    Cli.Result result =
        Cli.run(
            "train",
            "--model",
            model,
            "--data",
            data,
            "--data-dir",
            file.toString(),
            "--batch",
            "8",
            "--epochs",
            epochs,
            "--lr",
            "0.005",
            "--run-dir",
            temp.resolve(run).toString());
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  private static List<NamedCsvRecord> predictions(Path folder) throws IOException {
    try (CsvReader<NamedCsvRecord> rows =
        CsvReader.builder().ofNamedCsvRecord(folder.resolve("predictions.csv"))) {
      return rows.stream().toList();
    }
  }

  private static JsonNode evaluate(String run, Path folder) throws IOException {
    Cli.Result result =
        Cli.run("evaluate", temp.resolve(run).toString(), "--out", folder.toString(), "--json");
    assertThat(result.exitCode()).isZero();
    return JSON.readTree(result.out());
  }

  @Test
  void aTextsPredictionsAreItsStretchesWithTheirBits() throws IOException {
    Path folder = temp.resolve("text-evaluation");
    JsonNode metrics = evaluate("text-2", folder);

    List<NamedCsvRecord> rows = predictions(folder);
    assertThat(rows).hasSize(metrics.path("samples").asInt()).hasSizeGreaterThan(1);
    assertThat(rows).allSatisfy(row -> assertThat(row.getField("text")).hasSize(64));
    double mean =
        rows.stream()
            .mapToDouble(row -> Double.parseDouble(row.getField("bits_per_character")))
            .average()
            .orElseThrow();
    assertThat(metrics.path("metrics").path("bits_per_character").asDouble())
        .isCloseTo(mean, within(1e-12));
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("\"exhibited\":\"Hardest and easiest stretches\"", " bits per character\"");
  }

  @Test
  void aWordsPredictionHasItsEditsAndProbability() throws IOException {
    Path folder = temp.resolve("word-evaluation");
    JsonNode metrics = evaluate("words-1", folder);

    List<NamedCsvRecord> rows = predictions(folder);
    assertThat(rows).hasSize(metrics.path("samples").asInt()).hasSizeGreaterThan(1);
    int edits = 0;
    int signs = 0;
    int wrong = 0;
    for (NamedCsvRecord row : rows) {
      int own = EditDistance.between(signs(row, "truth"), signs(row, "predicted"));
      assertThat(row.getField("edits")).isEqualTo(String.valueOf(own));
      assertThat(row.getField("correct")).isEqualTo(String.valueOf(own == 0));
      assertThat(Double.parseDouble(row.getField("probability"))).isBetween(0.0, 1.0);
      edits += own;
      signs += signs(row, "truth").length;
      wrong += own == 0 ? 0 : 1;
    }
    assertThat(wrong).isPositive();
    JsonNode values = metrics.path("metrics");
    assertThat(values.path("token_error_rate").asDouble())
        .isCloseTo((double) edits / signs, within(1e-12));
    assertThat(values.path("sequence_error_rate").asDouble())
        .isCloseTo((double) wrong / rows.size(), within(1e-12));
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("Worst: the most signs wrong", "for what it said\"");
  }

  private static int[] signs(NamedCsvRecord row, String column) {
    String text = row.getField(column);
    return text.isEmpty()
        ? new int[0]
        : List.of(text.split(" ")).stream().mapToInt(String::hashCode).toArray();
  }

  @Test
  void textsAreComparedByWilcoxonsTest() throws IOException {
    JsonNode test = compare("text-1", "text-2").path("tests").path(0);
    assertThat(test.path("mcnemar").isNull()).isTrue();
    JsonNode wilcoxon = test.path("wilcoxon");
    assertThat(wilcoxon.path("first_lower").asInt() + wilcoxon.path("second_lower").asInt())
        .isPositive();
    assertThat(wilcoxon.path("p").asDouble()).isBetween(0.0, 1.0);
    String text =
        Cli.run("compare", temp.resolve("text-1").toString(), temp.resolve("text-2").toString())
            .out();
    assertThat(text)
        .containsPattern("test part, \\d+ stretches of 64 characters")
        .containsPattern(
            "Wilcoxon p [=<] [01]\\.\\d{4}: \\d+ samples on which the first is nearer");
  }

  @Test
  void wordsAreComparedByMcNemarsTest() throws IOException {
    JsonNode test = compare("words-1", "words-3").path("tests").path(0);
    int onlyFirst = 0;
    int onlySecond = 0;
    Path first = temp.resolve("first");
    Path second = temp.resolve("second");
    evaluate("words-1", first);
    evaluate("words-3", second);
    List<NamedCsvRecord> one = predictions(first);
    List<NamedCsvRecord> two = predictions(second);
    for (int i = 0; i < one.size(); i++) {
      assertThat(one.get(i).getField("word")).isEqualTo(two.get(i).getField("word"));
      boolean firstRight = one.get(i).getField("correct").equals("true");
      boolean secondRight = two.get(i).getField("correct").equals("true");
      onlyFirst += firstRight && !secondRight ? 1 : 0;
      onlySecond += secondRight && !firstRight ? 1 : 0;
    }
    assertThat(test.path("mcnemar").path("only_first_right").asInt()).isEqualTo(onlyFirst);
    assertThat(test.path("mcnemar").path("only_second_right").asInt()).isEqualTo(onlySecond);
    assertThat(test.path("wilcoxon").isNull()).isTrue();
  }

  private static JsonNode compare(String first, String second) throws IOException {
    Cli.Result result =
        Cli.run(
            "compare",
            temp.resolve(first).toString(),
            temp.resolve(second).toString(),
            "--json",
            "--html",
            temp.resolve("comparison.html").toString());
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    return JSON.readTree(result.out());
  }
}
