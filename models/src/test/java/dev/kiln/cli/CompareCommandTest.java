package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kiln compare RUN RUN...}: runs side by side, with the tests between them. */
class CompareCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path temp;

  private static String one;
  private static String two;

  @BeforeAll
  static void train() {
    one = temp.resolve("one").toString();
    two = temp.resolve("two").toString();
    assertThat(Cli.train(one, "--epochs", "1", "--lr", "0.0001").exitCode()).isZero();
    assertThat(Cli.train(two, "--epochs", "6").exitCode()).isZero();
  }

  private static Cli.Result compare(String... more) {
    String[] args = new String[5 + more.length];
    System.arraycopy(new String[] {"compare", one, two, "--backend", "reference"}, 0, args, 0, 5);
    System.arraycopy(more, 0, args, 5, more.length);
    return Cli.run(args);
  }

  @Test
  void showsWhatDiffersTheMetricsAndTheTests() {
    Cli.Result result = compare();

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .containsPattern("breast-cancer, test part, 11\\d samples")
        .containsPattern("\\* epochs +1 +6")
        .containsPattern("\\* lr +1\\.0E-4 +0\\.001")
        .containsPattern("(?m)^ {2}model +perceptron +perceptron")
        .containsPattern("accuracy +0\\.\\d{4} \\[0\\.\\d{4}, [01]\\.\\d{4}\\]")
        .containsPattern("McNemar  p [=<] ")
        .containsPattern("DeLong   p [=<] ");
  }

  /** The counts of McNemar's test again, from the predictions that evaluate writes. */
  @Test
  void theTestsFollowFromThePredictions() throws IOException {
    JsonNode comparison = JSON.readTree(compare("--json").out());
    JsonNode test = comparison.path("tests").path(0);
    int onlyOne = 0;
    int onlyTwo = 0;
    List<String> first = predictions(one);
    List<String> second = predictions(two);
    for (int i = 1; i < first.size(); i++) {
      boolean firstRight = first.get(i).split(",")[3].equals("true");
      boolean secondRight = second.get(i).split(",")[3].equals("true");
      onlyOne += firstRight && !secondRight ? 1 : 0;
      onlyTwo += secondRight && !firstRight ? 1 : 0;
    }

    assertThat(test.path("mcnemar").path("only_first_right").asInt()).isEqualTo(onlyOne);
    assertThat(test.path("mcnemar").path("only_second_right").asInt()).isEqualTo(onlyTwo);
    assertThat(test.path("mcnemar").path("p").asDouble()).isBetween(0.0, 1.0);
    for (int i = 0; i < 2; i++) {
      for (JsonNode metric : comparison.path("runs").path(i).path("metrics")) {
        if (metric.path("id").asText().equals("roc_auc")) {
          assertThat(metric.path("value").asDouble())
              .isCloseTo(
                  test.path("delong").path(i == 0 ? "first_roc_auc" : "second_roc_auc").asDouble(),
                  within(1e-12));
        }
      }
    }
    assertThat(comparison.path("differences").toString()).contains("epochs").doesNotContain("seed");
  }

  private static List<String> predictions(String run) throws IOException {
    Path folder = temp.resolve("evaluated");
    assertThat(
            Cli.run("evaluate", run, "--backend", "reference", "--out", folder.toString())
                .exitCode())
        .isZero();
    return Files.readAllLines(folder.resolve("predictions.csv"));
  }

  @Test
  void writesAPageOnRequest() throws IOException {
    Path page = temp.resolve("comparison.html");

    assertThat(compare("--html", page.toString()).out()).contains("written: " + page);
    assertThat(Files.readString(page)).contains("Kiln comparison").contains("\"differences\":");
  }

  @Test
  void runsOnOtherDataAreRefused() {
    String digits = temp.resolve("digits").toString();
    Cli.train(digits, "--data", "digits", "--epochs", "1");

    Cli.Result result = Cli.run("compare", one, digits, "--backend", "reference");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("name the data to compare them on with --data");
  }

  @Test
  void oneRunIsNotEnough() {
    Cli.Result result = Cli.run("compare", one);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("two runs or more");
  }
}
