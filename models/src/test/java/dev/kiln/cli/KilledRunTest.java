package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.safetensors.SafetensorsFile;
import dev.kiln.train.TrainingState;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that another process trains, and that end before their time. */
@Timeout(180)
final class KilledRunTest {

  private static final Duration POLL = Duration.ofMillis(2);

  /** 100 batches an epoch, whose gradients are averaged in threes: the last update is one of 1. */
  private static final String[] TRAINING = {
    "--model", "mlp", "--batch", "4", "--epochs", "5", "--accumulate", "3", "--schedule", "cosine"
  };

  private static final int RESUMED = 7;
  private static final int BEST = 11;

  @TempDir private Path temp;

  private static Process start(Path run, Path log, String... before) throws IOException {
    List<String> command = new ArrayList<>(List.of(before));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    Collections.addAll(command, Cli.tinyTraining(run, TRAINING));
    command.addAll(List.of("--checkpoint-every", "0"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Waits until the run's last checkpoint is such. */
  private static void await(Process process, Path run, Predicate<TrainingState> wanted)
      throws IOException, InterruptedException {
    Path last = run.resolve("last.safetensors");
    while (process.isAlive()) {
      if (Files.exists(last) && wanted.test(state(last))) {
        return;
      }
      Thread.sleep(POLL);
    }
    throw new AssertionError("the process ended by itself with " + process.exitValue());
  }

  private static TrainingState state(Path checkpoint) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
      return new ObjectMapper().readValue(file.metadata().get("kiln.state"), TrainingState.class);
    }
  }

  private static boolean isEarlyInThirdEpoch(TrainingState state) {
    return state.epoch() == 2 && state.batch() >= 10 && state.batch() <= 40;
  }

  /** Every column but those that tell the time, and whether there was an interruption. */
  private static List<String> historyWithoutTimes(Path run) throws IOException {
    return Files.readAllLines(run.resolve("history.csv")).stream()
        .map(line -> line.split(","))
        .map(cells -> String.join(",", List.of(cells).subList(0, RESUMED)) + "," + cells[BEST])
        .toList();
  }

  private void assertEqualsAnUninterruptedRun(Path run) throws IOException {
    Path whole = temp.resolve("whole");
    assertThat(Cli.train(whole, TRAINING).exitCode()).isZero();
    for (String file : List.of("last.safetensors", "best.safetensors")) {
      assertThat(run.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    assertThat(historyWithoutTimes(run)).isEqualTo(historyWithoutTimes(whole)).hasSize(6);
    assertThat(Files.readAllLines(run.resolve("history.csv")))
        .extracting(line -> line.split(",")[RESUMED])
        .containsExactly("resumed", "false", "false", "true", "false", "false");
  }

  @Test
  void aRunKilledWithinAnEpochAndResumedEndsWithTheSameBits() throws Exception {
    Path run = temp.resolve("run");
    Process process = start(run, temp.resolve("log"));
    await(process, run, KilledRunTest::isEarlyInThirdEpoch);
    process.toHandle().destroyForcibly();
    process.waitFor();
    TrainingState left = state(run.resolve("last.safetensors"));
    assertThat(left.epoch()).isEqualTo(2);
    assertThat(left.batch()).isStrictlyBetween(0, 100);
    Cli.Result resumed = Cli.run("train", "--resume", run.toString());
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.out())
        .contains("goes on after %d updates, in epoch 3".formatted(left.updates()));
    assertEqualsAnUninterruptedRun(run);
  }

  @Test
  void anInterruptedRunSaysHowToGoOnAndDoesSo() throws Exception {
    // Shells start background processes deaf to interrupts; env makes the child listen again.
    assumeTrue(
        new File("/usr/bin/env").canExecute() && System.getProperty("os.name").equals("Linux"));
    Path run = temp.resolve("run");
    Path log = temp.resolve("log");
    Process process = start(run, log, "/usr/bin/env", "--default-signal=INT");
    await(process, run, KilledRunTest::isEarlyInThirdEpoch);
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(log)
        .content()
        .contains("interrupted; everything up to the last step is kept")
        .contains("kiln train --resume " + run);
    assertThat(Cli.run("train", "--resume", run.toString()).exitCode()).isZero();
    assertEqualsAnUninterruptedRun(run);
  }
}
