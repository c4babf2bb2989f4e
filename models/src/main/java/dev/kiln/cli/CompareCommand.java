package dev.kiln.cli;

import dev.kiln.backend.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kiln compare}: which of several models is better, and whether by more than chance. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = {
      "Puts runs side by side, with tests whether they differ by more than chance; or trains"
          + " several models with the same budget.",
      "Of runs: their configurations, their metrics on the same samples, McNemar's, DeLong's and"
          + " Wilcoxon's test.",
      "Without runs: trains several models on the same data with the same budget and seeds, and"
          + " shows their parameters, memory, time and figures on the test set in one table."
    },
    footer = {
      "",
      "Examples:",
      "  kiln compare runs/A runs/B",
      "  kiln compare runs/* --html comparison.html   also a page to look at",
      "  kiln compare runs/A runs/B --part validation --json",
      "  kiln compare --data digits --models cnn,rnn,gru,lstm --epochs 10 --seeds 3",
      "  kiln compare --data co2 --models mlp,gru --json"
    })
final class CompareCommand implements Callable<Integer> {

  private static final List<String> MODELS = List.of("cnn", "rnn", "gru", "lstm");
  private static final int SEEDS = 3;

  @Parameters(paramLabel = "RUN", description = "The folders of the runs, or checkpoints in them.")
  private List<Path> runs = new ArrayList<>();

  @Mixin private WeightsOptions weights;
  @Mixin private ExaminationOptions options;

  @Option(
      names = "--models",
      paramLabel = "NAME",
      split = ",",
      description = "Without runs: the models to train. Default: cnn,rnn,gru,lstm.")
  private @Nullable List<String> models;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Without runs: passes over the training data. Default: usual for the data.")
  private @Nullable Integer epochs; // read by its name, see ConfigLayers

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "Without runs: the learning rate of Adam. Default: 0.001.")
  private @Nullable Double lr; // read by its name, see ConfigLayers

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Without runs: how many seeds each model is trained with. Default: 3.")
  private @Nullable Integer seeds;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write a page to look at, which needs nothing else.")
  private @Nullable Path html;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    int batch = options.batch();
    if (runs.isEmpty()) {
      return train();
    }
    if (models != null || epochs != null || lr != null || seeds != null) {
      throw new UsageException(
          "--models, --epochs, --lr and --seeds train models: leave out the runs, or these");
    }
    if (runs.size() < 2) {
      throw new UsageException("name two runs or more to compare, such as runs/A runs/B");
    }
    List<Path> checkpoints = new ArrayList<>();
    for (Path run : runs) {
      checkpoints.add(weights.checkpoint(run));
    }
    try (Backend backend = weights.openBackend().backend()) {
      RunComparison comparison =
          RunComparison.of(
              runs, checkpoints, options.part(), backend, batch, spec.commandLine().getErr());
      if (options.json()) {
        Json.print(spec.commandLine().getOut(), comparison.toMap());
      } else {
        spec.commandLine().getOut().print(comparison.render());
      }
      if (html != null) {
        RunFolder.write(html, comparison.comparison().toHtml());
        if (!options.json()) {
          spec.commandLine().getOut().println("written: " + html);
        }
      }
      spec.commandLine().getOut().flush();
    }
    return ExitCode.OK;
  }

  private int train() throws IOException {
    if (html != null) {
      throw new UsageException("--html is written of runs; name them");
    }
    if (weights.isGiven()) {
      throw new UsageException("--weights chooses among those of runs; name them");
    }
    if (options.part().isChosen()) {
      throw new UsageException(
          "--part: models that are trained here are compared on the test part; leave it out, or"
              + " name runs");
    }
    TrainingComparison comparison =
        new TrainingComparison(
            ConfigLayers.given(spec.commandLine().getParseResult()),
            models == null ? MODELS : models,
            seeds == null ? SEEDS : seeds);
    PrintWriter out = spec.commandLine().getOut();
    BackendChoice choice = weights.openBackend();
    // Held until the table stands: after it the process may end.
    try (Backend backend = choice.backend();
        Interruption interruption = new Interruption(comparison::stop)) {
      ComparisonTable table =
          comparison.run(backend, options.json() ? spec.commandLine().getErr() : out);
      if (options.json()) {
        Json.print(out, table.toMap());
      } else {
        out.println();
        out.print(table.render());
      }
      out.flush();
      return interruption.isRequested() ? Kiln.INTERRUPTED : ExitCode.OK;
    }
  }
}
