package dev.kiln.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code gpu-check.sh run}, as in an unpacked archive but with the classes of this build, on the
 * stand-ins, which the other tests have built.
 */
class GpuCheckScriptIsolatedTest {

  private static final Path MODULE = Path.of("../cuda-backend").toAbsolutePath().normalize();
  private static final Path STAND_INS = MODULE.resolve("target/cuda-on-host");

  @TempDir private Path temp;

  private record Result(int exitCode, String said) {}

  /** Runs it with libraries of these folders alone. */
  private Result run(String libraries, String... options) throws IOException, InterruptedException {
    return run(Map.of("KILN_CUDA_LIBRARIES", libraries), options);
  }

  /** Runs it with nothing in its environment but what is named here. */
  private Result run(Map<String, String> environment, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "gpu-check.sh", "run"));
    command.addAll(List.of("--results", temp.resolve("results").toString()));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(MODULE.toFile()).environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", "/usr/bin:/bin",
                "HOME", temp.toString(),
                "KILN_CHECK_JAVA",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "KILN_CHECK_CLASSPATH", System.getProperty("java.class.path"),
                "KILN_CHECK_CACHE", STAND_INS.resolve("cache").toString()));
    builder.environment().putAll(environment);
    Process script = builder.start();
    String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(script.waitFor(), said);
  }

  private JsonNode results() throws IOException {
    return new ObjectMapper().readTree(temp.resolve("results/results.json").toFile());
  }

  @Test
  void runsTheTrainingsAndSaysLoudlyThatNoGpuTookPart() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.exists(STAND_INS.resolve("libnvrtc.so.12")), "cuda-on-host has not been built");
    Result result =
        run(
            STAND_INS.toString(),
            "--parts",
            "training",
            "--steps",
            "2",
            "--size",
            "small",
            "--limit",
            "3600");
    assertThat(result.said).contains("nothing failed");
    assertThat(result.exitCode).as(result.said).isZero();
    assertThat(Files.readString(temp.resolve("results/results.txt")))
        .startsWith("*** STAND-INS: no GPU took part.")
        .contains("resnet18, batch 4: 2 steps");
    JsonNode results = results();
    assertThat(results.at("/stand-in").asBoolean()).isTrue();
    assertThat(results.at("/parts/1/part").asText()).isEqualTo("training");
    assertThat(results.at("/parts/1/exit-code").asInt(-1)).isZero();
    assertThat(results.at("/parts/1/result/trainings")).hasSize(Zoo.names().size());
    assertThat(results.at("/parts/1/result/trainings/0/repeats-its-bits").asBoolean()).isTrue();
  }

  private Path copied(String library, String folder) throws IOException {
    Path place = Files.createDirectories(temp.resolve(folder));
    return Files.copy(STAND_INS.resolve(library), place.resolve(library));
  }

  /** What the machine's part says of a library: the state and the detail. */
  private String finding(String library) throws IOException {
    return results()
        .at("/parts/0/result/findings")
        .valueStream()
        .filter(finding -> finding.at("/subject").asText().equals(library))
        .map(finding -> finding.at("/state").asText() + " " + finding.at("/detail").asText())
        .findFirst()
        .orElse("not looked for");
  }

  @Test
  void findsLibrariesAmongToolkitsAndPipsPackages() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.exists(STAND_INS.resolve("libnvrtc.so.12")), "cuda-on-host has not been built");
    String packages = ".local/lib/python3.12/site-packages/nvidia";
    List<Path> copies =
        List.of(
            copied("libcuda.so.1", "driver"),
            copied("libnvrtc.so.12", "root/usr/local/cuda-12.6/targets/x86_64-linux/lib"),
            copied("libcublasLt.so.12", "root/usr/local/cuda/lib64"),
            copied("libcublas.so.12", packages + "/cublas/lib"),
            copied("libcudnn.so.9", packages + "/cudnn/lib"));
    Map<String, String> environment =
        Map.of(
            "KILN_CHECK_ROOT", temp.resolve("root").toString(),
            "LD_LIBRARY_PATH", temp.resolve("driver").toString(),
            "JAVA_TOOL_OPTIONS", "-Duser.home=" + temp);
    Result result = run(environment, "--parts", "machine");
    for (Path copy : copies) {
      String library = copy.getFileName().toString();
      assertThat(finding(library)).as(result.said).isEqualTo("PRESENT " + copy.toRealPath());
    }

    Path broken = temp.resolve("root/usr/local/cuda/lib64/libcudnn.so.9");
    Files.writeString(broken, "no library");
    result = run(environment, "--parts", "machine");
    assertThat(result.exitCode).isEqualTo(1);
    assertThat(finding("libcudnn.so.9"))
        .as(result.said)
        .startsWith("MISSING %s cannot be loaded: ".formatted(broken));
    assertThat(finding("libcublas.so.12")).startsWith("PRESENT");
  }

  @Test
  void namesWhatIsMissingAndFails() throws IOException, InterruptedException {
    Result result = run(temp.resolve("nothing").toString());
    assertThat(result.exitCode).isEqualTo(1);
    assertThat(result.said)
        .contains("libcuda.so.1: MISSING, not found; it belongs to the NVIDIA driver")
        .contains("gpu-check: failed: machine");
    assertThat(results().at("/stand-in").isNull()).isTrue();
  }

  @Test
  void refusesAPartThatThereIsNot() throws IOException, InterruptedException {
    Result result = run(STAND_INS.toString(), "--parts", "training,trainings");
    assertThat(result.exitCode).isEqualTo(1);
    assertThat(result.said).contains("there is no part 'trainings'; there are machine, contract");
  }
}
