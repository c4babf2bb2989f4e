package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code kiln predict} and {@code kiln evaluate} make of a trained model. */
final class PredictCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path shared;
  @TempDir private Path temp;

  private static Path digits;
  private static Path cancer;

  @BeforeAll
  static void train() {
    digits = shared.resolve("digits");
    cancer = shared.resolve("cancer");
    Cli.train(digits, "--data", "digits", "--epochs", "10", "--lr", "0.01");
    Cli.train(cancer, "--epochs", "10", "--lr", "0.01");
  }

  private static Cli.Result predict(Path run, Object... more) {
    List<String> args =
        new ArrayList<>(List.of("predict", run.toString(), "--backend", "reference"));
    Arrays.stream(more).map(Object::toString).forEach(args::add);
    return Cli.run(args.toArray(String[]::new));
  }

  private static JsonNode only(Cli.Result result) throws IOException {
    assertThat(result.err()).isEmpty();
    JsonNode predictions = JSON.readTree(result.out()).get("predictions");
    assertThat(predictions).hasSize(1);
    return predictions.get(0);
  }

  /** The rows of the digits as they are published, without the first line. */
  private static List<String> digitRows() throws IOException {
    try (var in = PredictCommandTest.class.getResourceAsStream("/dev/kiln/datasets/digits.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).toList();
    }
  }

  /** The pixels, 0 to 16, of the digit in row i. */
  private static int[] pixels(int i) throws IOException {
    return Arrays.stream(digitRows().get(i).split(","))
        .limit(64)
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  @Test
  void aSampleOfTheTestSetIsShownWithItsTruthAndProbabilities() {
    Cli.Result result = predict(digits, "--index", "0,3", "--top", "3");
    assertThat(result.exitCode()).isZero();
    List<String> lines = result.out().lines().toList();
    assertThat(lines).hasSize(8);
    assertThat(lines.get(0)).matches("test 0: \\d, truly \\d");
    assertThat(lines.get(4)).matches("test 3: \\d, truly \\d");
    assertThat(lines.get(1)).matches("  [01]\\.\\d{4}  \\d");
  }

  @Test
  void probabilitiesAreThoseOfAllClassesAndSumToOne() throws IOException {
    JsonNode prediction = only(predict(digits, "--index", "1", "--json"));
    double sum = 0;
    for (JsonNode probability : prediction.get("probabilities")) {
      sum += probability.asDouble();
    }
    assertThat(prediction.get("probabilities")).hasSize(10);
    assertThat(sum).isCloseTo(1, offset(1e-5));
  }

  /**
   * The oracle: the same digit as a row of a CSV file, which is in the unit of the data already.
   */
  private JsonNode predictedAsRow(int i) throws IOException {
    String names = IntStream.range(0, 64).mapToObj(k -> "p" + k).collect(Collectors.joining(","));
    String row =
        Arrays.stream(pixels(i)).mapToObj(String::valueOf).collect(Collectors.joining(","));
    Path file = Files.writeString(temp.resolve("row.csv"), names + "\n" + row + "\n");
    return only(predict(digits, file, "--json")).get("probabilities");
  }

  private static void assertSame(JsonNode probabilities, JsonNode expected) {
    for (int i = 0; i < 10; i++) {
      assertThat(probabilities.get("" + i).asDouble())
          .isCloseTo(expected.get("" + i).asDouble(), offset(0.01));
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_BYTE_GRAY,
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_USHORT_GRAY
      })
  void aPngOfTheRightSizeIsPredictedAsItsPixelsAre(int type) throws IOException {
    int[] pixels = pixels(4);
    BufferedImage image = new BufferedImage(8, 8, type);
    for (int at = 0; at < 64; at++) {
      int value = Math.round(pixels[at] / 16f * 255);
      switch (type) {
        case BufferedImage.TYPE_BYTE_GRAY -> image.getRaster().setSample(at % 8, at / 8, 0, value);
        case BufferedImage.TYPE_USHORT_GRAY ->
            image.getRaster().setSample(at % 8, at / 8, 0, value * 257);
        default -> image.setRGB(at % 8, at / 8, value * 0x010101);
      }
    }
    Path file = temp.resolve("digit.png");
    ImageIO.write(image, "png", file.toFile());
    JsonNode prediction = only(predict(digits, file, "--json"));
    assertSame(prediction.get("probabilities"), predictedAsRow(4));
  }

  @Test
  void plainAndRawGraymapsArePredictedAsTheirPixelsAre() throws IOException {
    int[] pixels = pixels(4);
    String plain =
        "P2\n# a digit\n8 8\n16\n"
            + Arrays.stream(pixels).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    Path plainFile = Files.writeString(temp.resolve("plain.pgm"), plain);
    byte[] raw = new byte[64];
    for (int i = 0; i < 64; i++) {
      raw[i] = (byte) pixels[i];
    }
    Path rawFile =
        Files.write(temp.resolve("raw.pgm"), "P5 8 8 16\n".getBytes(StandardCharsets.US_ASCII));
    Files.write(rawFile, raw, StandardOpenOption.APPEND);
    JsonNode expected = predictedAsRow(4);
    assertSame(only(predict(digits, plainFile, "--json")).get("probabilities"), expected);
    assertSame(only(predict(digits, rawFile, "--json")).get("probabilities"), expected);
  }

  private static void assertRefused(Cli.Result result, String message) {
    assertThat(result.err()).contains(message).doesNotContain("internal error");
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void anImageOfAnotherSizeIsRefusedWithBothSizes() throws IOException {
    Path png = temp.resolve("large.png");
    ImageIO.write(new BufferedImage(28, 20, BufferedImage.TYPE_BYTE_GRAY), "png", png.toFile());
    assertRefused(predict(digits, png), "the image is 28x20, but the model takes 8x8");
    Path pgm = Files.writeString(temp.resolve("huge.pgm"), "P5 100000 100000 255\n");
    assertRefused(predict(digits, pgm), "the image is 100000x100000, but the model takes 8x8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "P5",
        "P5 8",
        "P5 8 8 255",
        "P5 8 8 255\n123",
        "P2 8 8 16 17",
        "P5 8 8 0\n",
        "P2 8 8 9999999999",
        "P5 8 8 -1\n",
        "P5 # no end",
        "GIF89a",
        "\u0089PNG\r\n"
      })
  void aDamagedImageIsRefused(String content) throws IOException {
    Path file = Files.write(temp.resolve("x.pgm"), content.getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(predict(digits, file), "x.pgm: ");
  }

  @Test
  void aMissingFileIsNamed() {
    assertRefused(predict(digits, temp.resolve("none.png")), "none.png: no such file");
  }

  @Test
  void aModelForTablesTakesNoImages() throws IOException {
    Path png = temp.resolve("x.png");
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", png.toFile());
    assertRefused(predict(cancer, png), "samples of shape [30], which are no images");
  }

  @Test
  void rowsOfATableArePredictedWithAndWithoutNamesAndLabels() throws IOException {
    String row = IntStream.range(0, 30).mapToObj(i -> "1.5").collect(Collectors.joining(","));
    Path bare = Files.writeString(temp.resolve("bare.csv"), row + "\n" + row + "\n");
    assertThat(predict(cancer, bare).out()).contains("bare.csv line 1: ", "bare.csv line 2: ");
    String names = IntStream.range(0, 30).mapToObj(i -> "f" + i).collect(Collectors.joining(","));
    Path full = Files.writeString(temp.resolve("full.csv"), "label," + names + "\n1," + row + "\n");
    assertThat(predict(cancer, full).out()).contains("full.csv line 2: ", ", truly benign");
    Path wrong =
        Files.writeString(temp.resolve("wrong.csv"), "label," + names + "\n2," + row + "\n");
    assertRefused(predict(cancer, wrong), "line 2 has label 2.0, but the 2 classes are 0 to 1");
    Path narrow = Files.writeString(temp.resolve("narrow.csv"), "1,2,3\n");
    assertRefused(predict(cancer, narrow), "has 3 columns of features, but the model takes 30");
  }

  @Test
  void aSampleThatDoesNotExistIsRefused() {
    Cli.Result result = predict(digits, "--index", "100000");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--index 100000: the test part has the samples 0 to ");
  }

  @Test
  void evaluationShowsLossAccuracyAndEveryClass() {
    Cli.Result result = Cli.run("evaluate", digits.toString(), "--backend", "reference");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .containsPattern("best.safetensors on digits, test part, 3\\d\\d samples")
        .containsPattern("loss +0\\.\\d{4}")
        .containsPattern("accuracy +0\\.9\\d{3}")
        .containsPattern("precision +recall +f1-score +support")
        .containsPattern(" 9 +[01]\\.\\d{4} +[01]\\.\\d{4} +[01]\\.\\d{4} +36");
  }

  @Test
  void evaluationForProgramsHasEveryMetric() throws IOException {
    Cli.Result result =
        Cli.run(
            "evaluate",
            digits.toString(),
            "--backend",
            "reference",
            "--part",
            "validation",
            "--json");
    JsonNode score = JSON.readTree(result.out());
    assertThat(score.get("part").asText()).isEqualTo("validation");
    assertThat(score.get("samples").asInt()).isEqualTo(180);
    assertThat(score.get("metrics").get("accuracy").asDouble()).isBetween(0.85, 1.0);
    assertThat(score.get("metrics").has("f1_macro")).isTrue();
    assertThat(score.get("classes").get("7").get("support").asInt()).isBetween(17, 19);
  }

  @Test
  void theTrainerAndTheEvaluationAgree() {
    String trained = Cli.train(temp.resolve("run")).out();
    String loss = trained.replaceAll("(?s).*samples: loss (\\d\\.\\d{4}).*", "$1");
    assertThat(Cli.run("evaluate", temp.resolve("run").toString(), "--backend", "reference").out())
        .contains("loss      " + loss);
  }
}
