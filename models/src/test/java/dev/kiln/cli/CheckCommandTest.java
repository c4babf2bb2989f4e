package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.safetensors.SafetensorsWriter;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code kiln check} says of cases that pass, fail, or are unknown. */
final class CheckCommandTest {

  @TempDir private Path temp;

  private void writeCase(String name, String op, float expected) throws IOException {
    Shape shape = Shape.of(2);
    SafetensorsWriter.write(
        temp.resolve(name + ".safetensors"),
        Map.of(
            "in.a", Tensor.of(shape, 1f, 2f),
            "in.b", Tensor.of(shape, 3f, 4f),
            "out.y", Tensor.of(shape, 4f, expected)),
        Map.of("op", op, "attrs", "{}", "rtol", "1e-5", "atol", "1e-6"));
  }

  private Cli.Result check(String... more) {
    String[] args = new String[5 + more.length];
    System.arraycopy(
        new String[] {"check", "--backend", "reference", "--cases", temp.toString()},
        0,
        args,
        0,
        5);
    System.arraycopy(more, 0, args, 5, more.length);
    return Cli.run(args);
  }

  @Test
  void aRightResultPasses() throws IOException {
    writeCase("add.right", "add", 6);
    Cli.Result result = check();
    assertThat(result.out())
        .containsPattern("add +ok +1 cases")
        .endsWith("1 passed, 0 failed, 0 skipped\n");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void aWrongResultFailsAndIsNamedWithItsError() throws IOException {
    writeCase("add.wrong", "add", 6.5f);
    Cli.Result result = check();
    assertThat(result.out())
        .containsPattern("add +FAILED")
        .contains("FAILED  add.wrong: out.y[1] is 6.0, not 6.5")
        .endsWith("0 passed, 1 failed, 0 skipped\n");
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void anUnknownOperationIsSkippedAndNamed() throws IOException {
    writeCase("add.right", "add", 6);
    writeCase("teleport.0", "teleport", 6);
    Cli.Result result = check();
    assertThat(result.out())
        .contains("skipped teleport.0: ")
        .endsWith("1 passed, 0 failed, 1 skipped\n");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void programsGetEveryCase() throws IOException {
    writeCase("add.right", "add", 6);
    writeCase("add.wrong", "add", 7);
    JsonNode report = new ObjectMapper().readTree(check("--json").out());
    assertThat(report.get("passed").asInt()).isEqualTo(1);
    assertThat(report.get("failed").asInt()).isEqualTo(1);
    assertThat(report.get("cases").get(1).get("name").asText()).isEqualTo("add.wrong");
    assertThat(report.get("cases").get(1).get("error").asDouble()).isEqualTo(1);
  }

  @Test
  void aFolderWithoutCasesIsAnError() throws IOException {
    Cli.Result empty = check();
    assertThat(empty.err()).contains(temp + " holds no golden cases");
    assertThat(empty.exitCode()).isEqualTo(1);
    Files.delete(temp);
    Cli.Result missing = check();
    assertThat(missing.err()).contains(temp + " is not a folder of golden cases");
    assertThat(missing.exitCode()).isEqualTo(1);
  }
}
