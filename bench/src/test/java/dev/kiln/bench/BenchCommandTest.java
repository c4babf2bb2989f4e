package dev.kiln.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.cli.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {

  private final StringWriter out = new StringWriter();

  private CommandLine command() {
    return new CommandLine(new BenchCommand())
        .setOut(new PrintWriter(out))
        .setExecutionExceptionHandler((error, line, result) -> {
          out.write(String.valueOf(error.getMessage()));
          return error instanceof UsageException ? 2 : 1;
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--micro GRU --workloads mlp|--micro measures without --workloads",
        "--micro GRU --json results.json|--micro measures without --json",
        "--micro GRU --scaling|--micro measures without --scaling",
        "--roofline --peers pytorch|--roofline measures without --peers",
        "--roofline --rounds 3|--roofline measures without --rounds",
        "--scaling --commits HEAD|--scaling measures without --commits",
        "--scaling --patience 1|--scaling measures without --patience",
        "--scaling --batch 2|--scaling measures without --batch",
        "--commits HEAD --batch 2|--commits measures without --batch",
      })
  void anOptionThatWouldChangeNothingIsRefused(String line, String message) {
    assertThat(command().execute(line.split(" "))).isEqualTo(2);
    assertThat(out.toString()).contains(message);
  }

  @Test
  void measuresKilnInAProcessOfItsOwnAndWritesBothFiles(@TempDir Path folder) throws IOException {
    Path json = folder.resolve("results").resolve("mlp.json");
    int status =
        command()
            .execute(
                "--workloads",
                "mlp",
                "--peers",
                "none",
                "--backends",
                "reference",
                "--seconds",
                "0.05",
                "--rounds",
                "2",
                "--patience",
                "0",
                "--batch",
                "3",
                "--json",
                json.toString());
    assertThat(status).as(out.toString()).isZero();
    assertThat(out.toString()).contains("mlp: ", "kiln-reference", "101,770");
    JsonNode peer = new ObjectMapper().readTree(json.toFile()).at("/workloads/0/peers/0");
    assertThat(peer.at("/parameters").asLong()).isEqualTo(101_770);
    assertThat(peer.at("/samples-per-second/values")).hasSize(2);
    assertThat(peer.at("/check/losses")).hasSize(10);
    assertThat(new ObjectMapper().readTree(json.toFile()).at("/workloads/0/description").asText())
        .isEqualTo("mlp on images [1, 28, 28], batch 3");
    assertThat(Files.readString(json.resolveSibling("mlp.md"))).contains("# Training speed", "mlp");
  }

  @Test
  void refusesAtOnceToWriteWhereItCannot(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    String json = file.resolve("results.json").toString();
    assertThat(command().execute("--peers", "none", "--json", json)).isEqualTo(1);
    assertThat(out.toString()).contains(file.toString()).doesNotContain("processor");
  }

  @Test
  void comparesCommitsWithNothingElse() {
    assertThat(command().execute("--commits", "HEAD~1,HEAD", "--peers", "djl")).isEqualTo(2);
    assertThat(out.toString()).contains("leave out --peers");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--workloads|lenett-64|there is no workload 'lenett-64'",
        "--peers|tensorflow|there is no peer 'tensorflow'; there are pytorch",
        "--backends|onedn|did you mean 'onednn'?",
        "--seconds|0|must be positive",
        "--rounds|0|must be positive",
        "--batch|0|--batch must be positive, not 0",
        "--commits|HEAD|start 'kiln bench' there",
      })
  void refusesWhatItDoesNotKnow(String option, String value, String message) {
    assertThat(command().execute(option, value)).isEqualTo(2);
    assertThat(out.toString()).contains(message);
  }
}
