package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TrainingComparisonTest {

  private static Cli.Result compare(String... more) {
    String[] args = new String[more.length + 7];
    String[] usual = {"compare", "--data", "sunspots", "--epochs", "1", "--backend", "reference"};
    System.arraycopy(usual, 0, args, 0, usual.length);
    System.arraycopy(more, 0, args, usual.length, more.length);
    return Cli.run(args);
  }

  @Test
  void everyModelIsTrainedWithEverySeedAndShownInOneTable() {
    Cli.Result result = compare("--models", "perceptron,mlp", "--seeds", "2");
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("perceptron, seed 1: mae", "mlp, seed 2: mae")
        .contains("sunspots: 1 epoch, batches of 32, adam, rate 0.001, on reference")
        .containsPattern("model +parameters +memory +s/epoch +mae")
        // 33 5 + 5
        .containsPattern("perceptron +170 .*\\d+\\.\\d{4} \\+- \\d+\\.\\d{4} \\(\\d");
  }

  @Test
  void programsGetTheSameAsJson() throws IOException {
    Cli.Result result = compare("--models", "perceptron", "--seeds", "1", "--json");
    JsonNode table = ConfigLayers.JSON.readTree(result.out());
    assertThat(table.get("metric").asText()).isEqualTo("mae");
    JsonNode model = table.get("models").get(0);
    assertThat(model.get("parameters").asInt()).isEqualTo(170);
    assertThat(model.get("spread").isNull()).isTrue();
    assertThat(model.get("mean").asDouble()).isEqualTo(model.get("seeds").get("1").asDouble());
  }

  @Test
  void whatCannotBeComparedIsSaidBeforeAnythingIsTrained() {
    assertThat(compare("--models", "perceptron,lenet").err()).contains("model lenet takes images");
    assertThat(compare("--models", "gruu").err()).contains("did you mean 'gru'?");
    assertThat(compare("--seeds", "0").err()).contains("--seeds must be at least 1, not 0");
    assertThat(Cli.run("compare", "runs/A", "runs/B", "--seeds", "2").exitCode()).isEqualTo(2);
  }
}
