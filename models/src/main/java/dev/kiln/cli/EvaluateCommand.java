package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.data.Dataset;
import dev.kiln.datasets.LoadedDataset;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln evaluate}: how good a trained model is. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = "Shows loss, accuracy and the figures of every class of a trained model.",
    footer = {
      "",
      "Examples:",
      "  kiln evaluate runs/RUN                     on the test set it was not trained on",
      "  kiln evaluate runs/RUN --part validation",
      "  kiln evaluate runs/RUN --data csv --data-dir other.csv",
      "  kiln evaluate runs/RUN --json"
    })
final class EvaluateCommand implements Callable<Integer> {

  @Mixin private RunOptions run;
  @Mixin private PartOptions part;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "256",
      description = "Samples computed at once. Default: 256.")
  private int batch;

  @Option(
      names = "--beam",
      paramLabel = "WIDTH",
      description =
          "How many beginnings the search for a sequence follows; 1 takes the most probable sign at"
              + " every step. Default: 5.")
  private @Nullable Integer beam;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (batch < 1) {
      throw new UsageException("--batch must be at least 1, not " + batch);
    }
    Path checkpoint = run.checkpoint();
    try (Backend backend = run.openBackend().backend();
        TrainedModel model = TrainedModel.open(checkpoint, backend)) {
      LoadedDataset data = part.load(model.description());
      Dataset samples = part.of(data.split());
      Score score = Score.of(model.withBeam(beam), samples, batch);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        Json.print(out, score.toMap(checkpoint.toString(), data.name(), part.name()));
      } else {
        out.println(
            "%s on %s, %s part, %,d samples%n"
                .formatted(checkpoint, data.name(), part.name(), samples.size()));
        out.print(score.render());
      }
      out.flush();
    }
    return ExitCode.OK;
  }
}
