package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How {@code --config} and the command line make a configuration. */
final class ConfigFileTest {

  @TempDir private Path temp;

  private Path file(String json) throws IOException {
    return Files.writeString(temp.resolve("settings.json"), json);
  }

  @Test
  void theCommandLineWinsOverTheFileAndTheFileOverWhatIsUsual() throws IOException {
    Path file = file("{\"optimizer\": \"adamw\", \"clip-norm\": 2, \"lr\": 0.5, \"seed\": 9}");
    Path run = temp.resolve("run");
    Cli.Result result = Cli.train(run, "--config", file.toString(), "--lr", "0.25");
    assertThat(result.err()).isEmpty();
    assertThat(run.resolve("config.json"))
        .content()
        .contains("\"optimizer\" : \"adamw\"")
        .contains("\"clip-norm\" : 2.0")
        .contains("\"lr\" : 0.25")
        .contains("\"seed\" : 9")
        .contains("\"accumulate\" : 1");
  }

  @Test
  void theConfigurationOfARunIsAConfigurationFile() throws IOException {
    Cli.train(temp.resolve("a"), "--seed", "5", "--schedule", "cosine");
    String config = temp.resolve("a/config.json").toString();
    Cli.Result result =
        Cli.run("train", "--config", config, "--run-dir", temp.resolve("b").toString());
    assertThat(result.exitCode()).isZero();
    assertThat(temp.resolve("b/last.safetensors"))
        .hasSameBinaryContentAs(temp.resolve("a/last.safetensors"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"epoch\": 3}             | there is no key 'epoch'; there are accumulate",
        "{\"epoch\": 3}             | did you mean 'epochs'?",
        "{\"epochs\": \"many\"}     | the configuration key 'epochs' cannot be \"many\"",
        "{\"epochs\": 2.5}          | the configuration key 'epochs' cannot be 2.5",
        "{\"epochs\": null}         | the configuration key 'epochs' cannot be null",
        "{\"model\": 7}             | the configuration key 'model' cannot be 7",
        "{\"schedule\": \"stairs\"} | there is no schedule 'stairs'; there are constant, step",
        "{\"batch\": 0}             | --batch must be at least 1, not 0",
        "{\"epochs\": 3             | is not JSON: line 1",
        "[1, 2]                     | must hold a JSON object",
        "``                         | must hold a JSON object",
      })
  void aBadFileIsNamedWithWhatIsWrong(String json, String message) throws IOException {
    Cli.Result result = Cli.run("train", "--config", file(json).toString());
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(message);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void aMissingFileIsNamed() {
    Cli.Result result = Cli.run("train", "--config", temp.resolve("none.json").toString());
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("there is no configuration file " + temp.resolve("none.json"));
  }
}
