package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.cuda.CudaOnHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the CUDA backend, on the stand-ins for NVIDIA's libraries. */
class TrainOnHostIsolatedTest {

  @TempDir private Path folder;

  @BeforeEach
  void loadTheStandIns() {
    assertThat(CudaOnHost.provider().unavailableReason()).isEmpty();
  }

  @AfterEach
  void cudnnTellsTheTruthAgain() {
    CudaOnHost.lieAboutRepeatability(false);
    CudaOnHost.reset();
  }

  private Cli.Result train(String... more) {
    String[] tiny = Cli.tinyTraining(folder.resolve("run"), more);
    String[] args = Arrays.copyOf(tiny, tiny.length + 1);
    args[tiny.length] = "--deterministic";
    return Cli.run(args);
  }

  @Test
  void deterministicIsProvedBeforeATrainingInFp16WhoseScaleEveryResultShows() throws IOException {
    Cli.Result trained = train("--backend", "cuda", "--model", "mlp", "--precision", "fp16");
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    assertThat(trained.out())
        .contains("proof     5 steps made twice from seed 1 are equal, bit by bit")
        .contains("backend   cuda")
        .containsPattern("gradients were scaled by [0-9,]+ at last; \\d+ of \\d+ updates");

    Cli.Result evaluated = Cli.run("evaluate", folder.resolve("run").toString());
    assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
    assertThat(evaluated.out())
        .containsPattern("in training, gradients were scaled by [0-9,]+ at last");
    Path evaluation = folder.resolve("run/evaluation-test");
    JsonNode metrics = new ObjectMapper().readTree(evaluation.resolve("metrics.json").toFile());
    assertThat(metrics.at("/gradient_scaling/loss_scale").asDouble()).isPositive();
    assertThat(metrics.at("/gradient_scaling/updates").asLong()).isPositive();
    assertThat(metrics.at("/gradient_scaling/skipped_updates").isIntegralNumber()).isTrue();
    assertThat(Files.readString(evaluation.resolve("report.html"))).contains("\"loss_scale\":");
    assertThat(CudaOnHost.report()).isEmpty();
  }

  @Test
  void deterministicStopsWhereAConvolutionDoesNotRepeatItsBits() {
    CudaOnHost.lieAboutRepeatability(true);
    Cli.Result result =
        train("--backend", "cuda", "--model", "digits-cnn", "--data", "digits", "--batch", "8");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("the first difference is in");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
