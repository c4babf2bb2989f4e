package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.tensorboard.EventReader;
import dev.kiln.tensorboard.EventReader.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Metrics chosen for a training: what is shown, what decides, what TensorBoard sees. */
class ChosenMetricsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temp;

  private List<String> history(Path run) throws IOException {
    return Files.readAllLines(run.resolve("history.jsonl"));
  }

  @Test
  void chosenMetricsAreShownAndKept() throws IOException {
    Path run = temp.resolve("run");
    Cli.Result result = Cli.train(run, "--metrics", "roc-auc,f1,ECE");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .containsPattern(
            "train / validation  loss (\\d\\.\\d{4} / \\d\\.\\d{4})  roc_auc \\d\\.\\d{4} / "
                + "\\d\\.\\d{4}  f1 \\d\\.\\d{4} / \\d\\.\\d{4}  expected_calibration_error");
    assertThat(JSON.readTree(history(run).getFirst()).path("validation_roc_auc").asDouble())
        .isBetween(0.0, 1.0);
  }

  @Test
  void theBestEpochIsThatOfTheMetricFollowed() throws IOException {
    Path run = temp.resolve("run");
    Cli.Result result =
        Cli.train(run, "--epochs", "40", "--monitor", "recall", "--patience", "3", "--lr", "0.05");

    assertThat(result.out()).contains("best by recall, patience 3 epochs");
    double best = -1;
    int sinceBest = 0;
    for (String line : history(run)) {
      JsonNode epoch = JSON.readTree(line);
      double recall = epoch.path("validation_recall").asDouble();
      assertThat(epoch.path("best").asBoolean()).as(line).isEqualTo(recall > best);
      sinceBest = recall > best ? 0 : sinceBest + 1;
      best = Math.max(best, recall);
    }
    assertThat(sinceBest).isEqualTo(3);
    assertThat(history(run).size()).isLessThan(40);
  }

  @Test
  void aMetricOfTheTrainingDataMayBeFollowedToo() throws IOException {
    Path run = temp.resolve("run");
    Cli.Result result = Cli.train(run, "--epochs", "6", "--monitor", "training_f1");

    assertThat(result.out()).contains("best by training_f1");
    double best = -1;
    for (String line : history(run)) {
      JsonNode epoch = JSON.readTree(line);
      double f1 = epoch.path("training_f1").asDouble();
      assertThat(epoch.path("best").asBoolean()).as(line).isEqualTo(f1 > best);
      best = Math.max(best, f1);
    }
    assertThat(best).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--metrics accurracy            | did you mean 'accuracy'?",
        "--monitor validation_accurac   | did you mean 'accuracy'?",
        "--metrics rmse                 | has no 'rmse'; choose one of [accuracy,",
        "--monitor perplexity           | has no 'perplexity'; choose one of [accuracy,",
        "--monitor detection_prevalence | no value of it is better than another"
      })
  void metricsThatDoNotFitAreRefusedBeforeAnythingIsTrained(String option, String message) {
    Cli.Result result = Cli.train(temp.resolve("run"), option.split(" "));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(message);
    assertThat(temp.resolve("run")).doesNotExist();
  }

  @Test
  void aRunWithoutTheNewKeysGoesOn() throws IOException {
    Path run = temp.resolve("run");
    Cli.train(run, "--epochs", "1");
    Path config = run.resolve("config.json");
    String older = Files.readString(config).replaceAll("(?m)^ *\"(metrics|monitor)\" :.*\\R", "");
    assertThat(older).doesNotContain("monitor");
    Files.writeString(config, older);

    Cli.Result result = Cli.run("train", "--resume", run.toString(), "--epochs", "2");

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(history(run)).hasSize(2);
  }

  @Test
  void tensorBoardSeesBatchesEpochsAndTheConfiguration() throws IOException {
    Path board = temp.resolve("board");
    Cli.train(temp.resolve("run"), "--tensorboard", board.toString());

    List<Path> files;
    try (var found = Files.list(board.resolve("run"))) {
      files = found.toList();
    }
    assertThat(files).hasSize(1);
    List<Event> events = EventReader.read(files.getFirst());
    JsonNode last = JSON.readTree(history(temp.resolve("run")).getLast());
    long batches = last.path("updates").asLong();
    assertThat(tagged(events, "batch/loss")).extracting(Event::step).hasSize((int) batches);
    assertThat(tagged(events, "batch/learning_rate"))
        .allSatisfy(event -> assertThat(event.value()).isPositive());
    assertThat(tagged(events, "validation/accuracy")).hasSize(2);
    Event loss = tagged(events, "validation/loss").getLast();
    assertThat(loss.step()).isEqualTo(batches);
    assertThat(loss.value()).isEqualTo((float) last.path("validation_loss").asDouble());
    assertThat(tagged(events, "configuration").getFirst().text())
        .contains("\"model\" : \"perceptron\"");
  }

  private static List<Event> tagged(List<Event> events, String tag) {
    return events.stream().filter(event -> event.tag().equals(tag)).toList();
  }
}
