package dev.kiln.cli;

import dev.kiln.backend.Backend;
import java.io.IOException;
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
      "Puts runs side by side: their configurations, their metrics on the same samples, and whether"
          + " they differ by more than chance (McNemar's and DeLong's test)."
    },
    footer = {
      "",
      "Examples:",
      "  kiln compare runs/A runs/B",
      "  kiln compare runs/* --html comparison.html   also a page to look at",
      "  kiln compare runs/A runs/B --part validation --json"
    })
final class CompareCommand implements Callable<Integer> {

  @Parameters(paramLabel = "RUN", description = "The folders of the runs, or checkpoints in them.")
  private List<Path> runs = new ArrayList<>();

  @Mixin private WeightsOptions weights;
  @Mixin private PartOptions part;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "256",
      description = "Samples computed at once. Default: 256.")
  private int batch;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write a page to look at, which needs nothing else.")
  private @Nullable Path html;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (batch < 1) {
      throw new UsageException("--batch must be at least 1, not " + batch);
    }
    if (runs.size() < 2) {
      throw new UsageException("name two runs or more to compare, such as runs/A runs/B");
    }
    List<Path> checkpoints = new ArrayList<>();
    for (Path run : runs) {
      checkpoints.add(weights.checkpoint(run));
    }
    try (Backend backend = weights.openBackend().backend()) {
      RunComparison comparison = RunComparison.of(runs, checkpoints, part, backend, batch);
      if (json) {
        Json.print(spec.commandLine().getOut(), comparison.toMap());
      } else {
        spec.commandLine().getOut().print(comparison.render());
      }
      if (html != null) {
        RunFolder.write(html, comparison.comparison().toHtml());
        if (!json) {
          spec.commandLine().getOut().println("written: " + html);
        }
      }
      spec.commandLine().getOut().flush();
    }
    return ExitCode.OK;
  }
}
