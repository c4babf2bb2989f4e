package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The commands that only look: {@code summary}, {@code devices}, {@code data}, {@code explain}. */
final class InspectionCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static String out(String line) {
    Cli.Result result = Cli.run(line.split(" "));
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    return result.out();
  }

  private static JsonNode json(String line) throws IOException {
    return JSON.readTree(out(line));
  }

  @Test
  void summaryShowsLayersAndTheExactBytesOfATrainingStep() {
    assertThat(out("summary --model lenet --input 1,28,28 --classes 10 --backend reference"))
        .containsPattern("0 +Conv2d\\(20, 5x5\\) +\\[64, 20, 24, 24] +520")
        .contains("431,080 parameters")
        .containsPattern(
            "A training step of 64 samples with adam on reference takes exactly [\\d,]+ bytes");
  }

  @Test
  void theBytesOfASummaryAreThoseOfItsParts() throws IOException {
    JsonNode summary =
        json("summary --model mlp --data digits --batch 8 --backend reference --json");
    assertThat(summary.get("total-bytes").asLong())
        .isEqualTo(
            summary.get("arena-bytes").asLong()
                + summary.get("input-bytes").asLong()
                + summary.get("variable-bytes").asLong());
    assertThat(summary.get("parameters").asLong()).isEqualTo(64 * 128 + 128 + 128 * 10 + 10);
    assertThat(summary.get("layers")).hasSize(4);
  }

  @Test
  void summaryNeedsTheOptimizersMemoryToo() throws IOException {
    long plain =
        json("summary --model mlp --data digits --optimizer sgd --backend reference --json")
            .get("variable-bytes")
            .asLong();
    long adam =
        json("summary --model mlp --data digits --optimizer adam --backend reference --json")
            .get("variable-bytes")
            .asLong();
    assertThat(adam).isBetween(3 * plain - 1024, 3 * plain + 1024);
  }

  @Test
  void summaryShowsEveryStepOfThePlanOnRequest() {
    assertThat(out("summary --model perceptron --data digits --plan --backend reference"))
        .containsPattern("1\\.linear +ReferenceLinear +F32\\[32, 10] at arena\\+\\d+");
  }

  @Test
  void devicesShowsEveryBackendOrWhyItIsUnavailable() throws IOException {
    JsonNode backends = json("devices --json").get("backends");
    assertThat(backends.findValuesAsText("name")).contains("reference", "onednn");
    for (JsonNode backend : backends) {
      if (backend.get("available").asBoolean()) {
        assertThat(backend.get("description").asText()).isNotBlank();
        assertThat(backend.get("available-bytes").asLong()).isPositive();
      } else {
        assertThat(backend.get("reason").asText()).isNotBlank();
      }
    }
    assertThat(out("devices"))
        .containsPattern("reference +.*Java")
        .contains("bytes can be allocated");
  }

  @Test
  void doctorNamesWhatEveryBackendNeedsAndTheRemedyOfWhatIsMissing() throws IOException {
    JsonNode backends = json("doctor --json").get("backends");
    assertThat(backends.findValuesAsText("name")).contains("reference", "onednn", "cuda");
    for (JsonNode backend : backends) {
      boolean complete = true;
      for (JsonNode finding : backend.get("findings")) {
        complete &= finding.get("state").asText().equals("present");
        assertThat(finding.get("detail").asText()).isNotBlank();
      }
      assertThat(backend.get("usable").asBoolean()).isEqualTo(complete);
    }
    assertThat(out("doctor --backend reference")).startsWith("reference: can be used");
  }

  @Test
  void doctorFailsForABackendThatCannotBeUsedAndRefusesOneThatIsNone() {
    Cli.Result cuda = Cli.run("doctor", "--backend", "cuda");
    boolean usable = cuda.out().startsWith("cuda: can be used");
    assertThat(cuda.exitCode()).isEqualTo(usable ? 0 : 1);
    assertThat(usable || cuda.out().contains("->")).isTrue();
    assertThat(Cli.run("doctor", "--backend", "tpu").exitCode()).isEqualTo(2);
  }

  @Test
  void dataShowsEverySetWhetherItIsHereAndHowToGetIt() throws IOException {
    assertThat(out("data --data-dir nowhere"))
        .contains("digits", "here; Comes with Kiln.")
        .containsPattern("fashion-mnist +photos of clothes")
        .contains("not here; looked in nowhere")
        .contains("kiln data get fashion-mnist downloads 30,878,645 bytes");
    JsonNode data = json("data --data-dir nowhere --json").get("data");
    assertThat(data.findValuesAsText("name"))
        .contains("digits", "breast-cancer", "fashion-mnist", "mnist", "cifar10", "csv");
  }

  @Test
  void gettingWhatIsHereDoesNothing() {
    assertThat(out("data get digits")).contains("digits is here already; it comes with Kiln");
  }

  @Test
  void explainsTheWorkedExamples() {
    assertThat(out("explain mlp")).contains("0.789324").contains("0.295146");
    assertThat(out("explain convolution")).contains("429").contains("856").contains("913");
  }
}
