package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code kiln train} shows and leaves behind. */
final class TrainCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temp;

  @Test
  void saysWhatIsTrainedOnWhatBeforeTheFirstStep() {
    Cli.Result result = Cli.train(temp.resolve("run"));
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .containsPattern("model +perceptron, 62 parameters")
        .containsPattern(
            "data +breast-cancer: 398 samples to train on, 58 to validate, 113 to test")
        .contains("F32[30] in one of 2 classes")
        .containsPattern("backend +reference \\(asked for\\)")
        .containsPattern("plan +[\\d,]+ bytes for batches of 64: arena [\\d,]+, inputs [\\d,]+")
        .contains("adam, rate 0.001, constant, 2 epochs, seed 1");
  }

  @Test
  void everyEpochIsOneLineAndTheEndSaysWhatIsNext() {
    Cli.Result result = Cli.train(temp.resolve("run"));
    assertThat(result.out().lines().filter(line -> line.startsWith("epoch ")))
        .hasSize(2)
        .allSatisfy(line ->
            assertThat(line)
                .matches(
                    "epoch \\d/2  train loss \\d\\.\\d{4} accuracy \\d\\.\\d{4}"
                        + "  validation loss \\d\\.\\d{4} accuracy \\d\\.\\d{4}"
                        + "  [\\d,]+ samples/s, data wait \\d+%(  \\* best)?"));
    assertThat(result.out())
        .containsPattern("test set, 11\\d samples: loss \\d\\.\\d{4}, accuracy \\d\\.\\d{4}")
        .contains("run folder: " + temp.resolve("run"))
        .contains("next: kiln evaluate " + temp.resolve("run"));
  }

  @Test
  void aRunLeavesItsConfigurationHistoryAndCheckpoints() throws IOException {
    Path run = temp.resolve("deep/er/run");
    Cli.train(run, "--seed", "7", "--optimizer", "momentum");
    try (var files = Files.list(run)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "config.json",
              "environment.json",
              "history.csv",
              "history.jsonl",
              "best.safetensors",
              "last.safetensors");
    }
    JsonNode config = JSON.readTree(run.resolve("config.json").toFile());
    assertThat(config.get("model").asText()).isEqualTo("perceptron");
    assertThat(config.get("optimizer").asText()).isEqualTo("momentum");
    assertThat(config.get("lr").asDouble()).isEqualTo(0.01);
    assertThat(config.get("seed").asLong()).isEqualTo(7);
    try (SafetensorsFile last = SafetensorsFile.open(run.resolve("last.safetensors"))) {
      assertThat(last.types())
          .containsKeys("1.weight", "1.bias")
          .hasSizeGreaterThan(2); // the momentum as well
    }
  }

  @Test
  void aProfileIsShownAndKeptAsTableAndTimeline() throws IOException {
    Path run = temp.resolve("run");
    List<String> args = new ArrayList<>(List.of(Cli.tinyTraining(run)));
    args.add("--profile");
    Cli.Result result = Cli.run(args.toArray(String[]::new));
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("profile: medians of the last 14 steps")
        .containsPattern("[\\d.,]+ +[\\d.]+%  1.linear +F32\\[64, 2\\] +ReferenceLinear")
        .containsPattern("[\\d.,]+ +100.0%  all nodes")
        .contains("the same as a table: " + run.resolve("profile.csv"));
    List<String> csv = Files.readAllLines(run.resolve("profile.csv"));
    assertThat(csv.getFirst())
        .isEqualTo("node,operation,result,implementation,count,median_microseconds,share");
    assertThat(csv)
        .anyMatch(line -> line.startsWith("1.linear,linear,\"F32[64, 2]\",ReferenceLinear,12,"));
    assertThat(csv.getLast()).startsWith("data wait,,,,14,");
    JsonNode events = JSON.readTree(run.resolve("trace.json").toFile()).get("traceEvents");
    assertThat(events.size())
        .isEqualTo(csv.stream().skip(1).mapToInt(TrainCommandTest::count).sum());
  }

  private static int count(String csvLine) {
    return Integer.parseInt(csvLine.replaceAll("\"[^\"]*\"", "").split(",", -1)[4]);
  }

  @Test
  void theHistoryIsTheSameAsCsvAndAsJsonLines() throws IOException {
    Path run = temp.resolve("run");
    Cli.train(run);
    List<String> csv = Files.readAllLines(run.resolve("history.csv"));
    List<String> jsonl = Files.readAllLines(run.resolve("history.jsonl"));
    assertThat(csv.getFirst())
        .isEqualTo(
            "epoch,updates,learning_rate,training_loss,training_accuracy,validation_loss,"
                + "validation_accuracy,resumed,seconds,samples_per_second,data_wait_share,best");
    assertThat(csv).hasSize(3);
    assertThat(jsonl).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode row = JSON.readTree(jsonl.get(i));
      assertThat(row.get("epoch").asInt()).isEqualTo(i + 1);
      assertThat(csv.get(i + 1))
          .startsWith((i + 1) + "," + row.get("updates") + "," + row.get("learning_rate"))
          .contains(row.get("validation_loss").asText());
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() throws IOException {
    Cli.train(temp.resolve("a"));
    Cli.train(temp.resolve("b"));
    Cli.train(temp.resolve("c"), "--seed", "2");
    byte[] first = Files.readAllBytes(temp.resolve("a/last.safetensors"));
    assertThat(temp.resolve("b/last.safetensors")).hasBinaryContent(first);
    assertThat(Files.readAllBytes(temp.resolve("c/last.safetensors"))).isNotEqualTo(first);
  }

  @Test
  void resumingAFinishedRunForMoreEpochsEqualsTrainingThemAtOnce() throws IOException {
    Cli.train(temp.resolve("once"), "--epochs", "4");
    Cli.train(temp.resolve("twice"), "--epochs", "2");
    Cli.Result resumed =
        Cli.run("train", "--resume", temp.resolve("twice").toString(), "--epochs", "4");
    assertThat(resumed.exitCode()).isZero();
    assertThat(resumed.out()).contains("goes on after 14 updates, in epoch 3 at batch 1");
    assertThat(temp.resolve("twice/last.safetensors"))
        .hasSameBinaryContentAs(temp.resolve("once/last.safetensors"));
    assertThat(Files.readAllLines(temp.resolve("twice/history.csv")))
        .extracting(line -> line.substring(0, line.indexOf(',')))
        .containsExactly("epoch", "1", "2", "3", "4");
  }

  @Test
  void resumingWithoutACheckpointBeginsAnew() throws IOException {
    Path run = temp.resolve("run");
    Cli.train(run);
    byte[] trained = Files.readAllBytes(run.resolve("last.safetensors"));
    Files.delete(run.resolve("last.safetensors"));
    Cli.Result resumed = Cli.run("train", "--resume", run.toString());
    assertThat(resumed.exitCode()).isZero();
    assertThat(run.resolve("last.safetensors")).hasBinaryContent(trained);
    assertThat(Files.readAllLines(run.resolve("history.csv"))).hasSize(3);
  }

  @Test
  void whatTheFinishedStepsDependOnCannotChange() {
    Path run = temp.resolve("run");
    Cli.train(run);
    Cli.Result result = Cli.run("train", "--resume", run.toString(), "--lr", "0.5");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("--lr cannot change when a run is resumed")
        .contains("--epochs");
  }

  @Test
  void patienceStopsEarly() {
    // A rate this small changes nothing that float can hold, so no later epoch is better.
    Cli.Result result =
        Cli.train(
            temp.resolve("run"),
            "--epochs",
            "30",
            "--patience",
            "2",
            "--optimizer",
            "sgd",
            "--lr",
            "1e-30");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out().lines().filter(line -> line.startsWith("epoch "))).hasSize(3);
    assertThat(result.out()).contains("weights are those of epoch 1, the best");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "constant",
        "step",
        "multi-step",
        "exponential",
        "linear",
        "cosine",
        "polynomial",
        "one-cycle"
      })
  void everyScheduleTrains(String schedule) throws IOException {
    Path run = temp.resolve("run");
    Cli.Result result =
        Cli.train(run, "--schedule", schedule, "--warm-up", "3", "--clip-norm", "1");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains(schedule + ", 2 epochs").contains("warm-up 3 updates");
    assertThat(JSON.readTree(run.resolve("config.json").toFile()).get("schedule").asText())
        .isEqualTo(schedule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgd",
        "momentum",
        "nesterov",
        "adagrad",
        "adadelta",
        "rmsprop",
        "adam",
        "amsgrad",
        "adamw",
        "nadam"
      })
  void everyOptimizerTrains(String optimizer) {
    Cli.Result result =
        Cli.train(
            temp.resolve("run"),
            "--optimizer",
            optimizer,
            "--accumulate",
            "3",
            "--clip-value",
            "1");
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void aSeriesIsTrainedAndEvaluatedByItsOwnMetrics() {
    Path run = temp.resolve("run");
    Cli.Result trained = Cli.train(run, "--model", "mlp", "--data", "sunspots");
    assertThat(trained.err()).isEmpty();
    assertThat(trained.out()).contains("33 steps with the 5 that follow");
    Cli.Result evaluated = Cli.run("evaluate", run.toString(), "--backend", "reference");
    assertThat(evaluated.out()).contains("rmse").contains("mae");
    Cli.Result predicted =
        Cli.run("predict", run.toString(), "--index", "0", "--backend", "reference");
    // Sunspot numbers lie between 0 and 200, not around 0 as normalized ones do.
    assertThat(predicted.out())
        .startsWith("test 0")
        .containsPattern("step +forecast +last season +truth")
        .containsPattern(" 1 +-?\\d+\\.\\d\\d +\\d{2,3}\\.\\d\\d");
  }

  @Test
  void deterministicTrainingIsProvedBeforeItBegins() throws IOException {
    Path run = temp.resolve("proved");
    List<String> args = new ArrayList<>(List.of(Cli.tinyTraining(run)));
    args.add("--deterministic");
    Cli.Result result = Cli.run(args.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsPattern(
            "(?m)^proof     5 steps made twice from seed 1 are equal, bit by bit: losses and");
    assertThat(run.resolve("config.json")).content().contains("\"deterministic\" : true");
  }
}
