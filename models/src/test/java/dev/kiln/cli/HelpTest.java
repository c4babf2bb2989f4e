package dev.kiln.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.models.explain.Explanation;
import dev.kiln.models.zoo.Zoo;
import dev.kiln.train.Optimizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --help} and {@code --version} say. */
final class HelpTest {

  @Test
  void theCommandListsItsCommands() {
    Cli.Result result = Cli.run("--help");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("Usage: kiln")
        .contains(
            "train",
            "predict",
            "evaluate",
            "compare",
            "summary",
            "devices",
            "doctor",
            "check",
            "explain",
            "data")
        .contains("Examples:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "predict",
        "evaluate",
        "compare",
        "summary",
        "devices",
        "doctor",
        "check",
        "explain",
        "data",
        "data get"
      })
  void everyCommandExplainsItselfWithExamples(String command) {
    Cli.Result result = Cli.run((command + " --help").split(" "));
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("Usage: kiln " + command)
        .contains("Examples:")
        .contains("\n  kiln " + command)
        .contains("--stacktrace");
    assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void trainingHasAllItsOptions() {
    assertThat(Cli.run("train", "--help").out())
        .contains("--model", "--data", "--data-dir", "--epochs", "--batch", "--lr", "--optimizer")
        .contains("--schedule", "--warm-up", "--clip-norm", "--clip-value", "--accumulate")
        .contains("--backend", "--device", "--seed", "--resume", "--patience", "--run-dir")
        .contains("--config", "--memory", "--augment", "--checkpoint-every");
  }

  @Test
  void everyExampleThatCanBeExplainedIsNamed() {
    assertThat(Cli.run("explain", "--help").out())
        .contains(String.join(", ", Explanation.names().subList(0, Explanation.names().size() - 1)))
        .contains(" or " + Explanation.names().getLast());
  }

  @Test
  void everyModelAndOptimizerIsNamed() {
    String help = Cli.run("train", "--help").out().replaceAll("\\s+", " ");
    assertThat(help).contains(Zoo.names()).contains(Optimizer.names());
  }

  @Test
  void theVersionNamesKilnAndJava() {
    Cli.Result result = Cli.run("--version");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).containsPattern("^Kiln ").contains("Java " + Runtime.version());
  }
}
