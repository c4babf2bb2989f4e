package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.data.Dataset;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.models.task.Prediction;
import dev.kiln.models.task.Sample;
import dev.kiln.models.task.Task;
import dev.kiln.models.task.UnknownCharacters;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kiln predict}: what a trained model says of new samples. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = {
      "Predicts images, rows of a CSV file, words, what follows a text, or samples of a data set.",
      "An image must have exactly the size of the model's samples; a light drawing on dark ground,"
          + " as",
      "the digits and clothes are. A CSV file has one column per feature and possibly one named"
          + " label."
    },
    footer = {
      "",
      "Examples:",
      "  kiln predict runs/RUN --index 0            the first sample of the test set",
      "  kiln predict runs/RUN drawing.png",
      "  kiln predict runs/RUN Schmetterling papillon     the language of each word",
      "  kiln predict runs/RUN table.csv --json"
    })
final class PredictCommand implements Callable<Integer> {

  @Mixin private RunOptions run;

  @Parameters(
      index = "1..*",
      paramLabel = "INPUT",
      description =
          "What the model takes: images (PNG, PGM, ...) or CSV files; words; the beginning of a"
              + " text.")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--index",
      paramLabel = "I",
      split = ",",
      description = "Samples of the data set, counted from 0, instead of inputs.")
  private List<Integer> indices = new ArrayList<>();

  @Mixin private PartOptions part;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many classes to show, the most probable first. Default: 10.")
  private int top;

  @Option(
      names = "--beam",
      paramLabel = "WIDTH",
      description =
          "How many beginnings the search for a sequence follows; 1 takes the most probable sign at"
              + " every step. Default: 5.")
  private @Nullable Integer beam;

  @Option(
      names = "--unknown",
      paramLabel = "WHAT",
      description =
          "Characters of a text that the model was not trained on are ${COMPLETION-CANDIDATES}."
              + " Default: mapped, to the one that stands for all unknown ones.")
  private UnknownCharacters unknown = UnknownCharacters.MAPPED;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (inputs.isEmpty() == indices.isEmpty()) {
      throw new UsageException("name what to predict, or samples of the data set with --index");
    }
    if (top < 1) {
      throw new UsageException("--top must be at least 1, not " + top);
    }
    Path checkpoint = run.checkpoint();
    try (Backend backend = run.openBackend().backend();
        TrainedModel model = TrainedModel.open(checkpoint, backend)) {
      print(predict(model.withBeam(beam)));
    }
    return ExitCode.OK;
  }

  private List<Prediction> predict(TrainedModel model) throws IOException {
    List<Sample> samples = new ArrayList<>();
    if (!indices.isEmpty()) {
      LoadedDataset data = part.load(model.description(), RunRecord.of(run.checkpoint()));
      for (int index : indices) {
        samples.add(sample(part.of(data.split()), index));
      }
    }
    Task task = model.description().task();
    for (String input : inputs) {
      samples.addAll(read(task, input));
    }
    samples.stream()
        .flatMap(sample -> sample.note().stream())
        .forEach(note -> spec.commandLine().getErr().println("kiln predict: " + note));
    List<Prediction> predictions = new ArrayList<>();
    for (Sample sample : samples) {
      predictions.add(task.predict(model.learner(), sample));
    }
    return predictions;
  }

  private List<Sample> read(Task task, String input) throws IOException {
    try {
      return task.read(input, unknown);
    } catch (IllegalArgumentException unfit) {
      throw new UsageException(String.valueOf(unfit.getMessage()), unfit);
    }
  }

  private Sample sample(Dataset data, int index) {
    if (index < 0 || index >= data.size()) {
      throw new UsageException(
          "--index %d: the %s part has the samples 0 to %d"
              .formatted(index, part.name(), data.size() - 1));
    }
    return Sample.of("%s %d".formatted(part.name(), index), data, index);
  }

  private void print(List<Prediction> predictions) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, Map.of("predictions", predictions.stream().map(Prediction::toMap).toList()));
      return;
    }
    for (Prediction prediction : predictions) {
      out.print(prediction.render(top));
    }
    out.flush();
  }
}
