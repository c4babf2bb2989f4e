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
      "Predicts images, rows of a CSV file, words, what follows a text or a series, phonemes of"
          + " words, or samples of a data set.",
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
      "  kiln predict runs/RUN series.csv                 how a series goes on",
      "  kiln predict runs/RUN table.csv --json"
    })
final class PredictCommand implements Callable<Integer> {

  private static final int USUAL_TOP = 10;

  @Mixin private RunOptions run;

  @Parameters(
      index = "1..*",
      paramLabel = "INPUT",
      description =
          "What the model takes: images (PNG, PGM, ...) or CSV files; words; the beginning of a"
              + " text; a series as a CSV file, a JSON array or numbers separated by commas.")
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
      description = "How many alternatives to show, the most probable first. Default: 10.")
  private @Nullable Integer top;

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
          "Characters of a text that the model was not trained on are mapped or refused."
              + " Default: mapped, to the one that stands for all unknown ones, where the model has"
              + " one.")
  private @Nullable UnknownCharacters unknown;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (inputs.isEmpty() == indices.isEmpty()) {
      throw new UsageException("name what to predict, or samples of the data set with --index");
    }
    checkUse();
    Path checkpoint = run.checkpoint();
    try (Backend backend = run.openBackend().backend();
        TrainedModel model = TrainedModel.open(checkpoint, backend)) {
      checkUse(model.description().task());
      print(predict(model.withBeam(beam)));
    }
    return ExitCode.OK;
  }

  /** An option that would change nothing is refused, whatever the model. */
  private void checkUse() {
    if (top != null && top < 1) {
      throw new UsageException("--top must be at least 1, not " + top);
    }
    if (top != null && json) {
      throw new UsageException("--top: with --json all alternatives are printed; leave it out");
    }
    if (indices.isEmpty() && part.given().isPresent()) {
      throw new UsageException(
          "%s: inputs are named, and no sample of a data set; leave it out, or name samples with --index"
              .formatted(part.given().get()));
    }
    if (inputs.isEmpty() && unknown != null) {
      throw new UsageException(
          "--unknown: samples of a data set are predicted, and no text; leave it out");
    }
  }

  private void checkUse(Task task) {
    if (top != null && !task.hasAlternatives()) {
      throw new UsageException(
          "--top: the model predicts values, of which there are no alternatives; leave it out");
    }
    List<UnknownCharacters> possible = task.unknownCharacters();
    if (unknown != null && !possible.contains(unknown)) {
      throw new UsageException(
          possible.isEmpty()
              ? "--unknown: the model reads no text, but %s; leave it out"
                  .formatted(task.describe())
              : "--unknown %s: this model has nothing that stands for unknown characters, so they are always %s"
                  .formatted(unknown, possible.getFirst()));
    }
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
      return task.read(input, treatment(task));
    } catch (IllegalArgumentException unfit) {
      throw new UsageException(String.valueOf(unfit.getMessage()), unfit);
    }
  }

  private UnknownCharacters treatment(Task task) {
    return unknown != null
        ? unknown
        : task.unknownCharacters().stream().findFirst().orElse(UnknownCharacters.REFUSED);
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
      out.print(prediction.render(top == null ? USUAL_TOP : top));
    }
    out.flush();
  }
}
