package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.data.DataSplit;
import dev.kiln.data.Dataset;
import dev.kiln.datasets.LoadedDataset;
import dev.kiln.evaluation.Decision;
import dev.kiln.evaluation.Examination;
import dev.kiln.models.task.Task;
import dev.kiln.report.ChartFiles;
import dev.kiln.report.Epoch;
import dev.kiln.report.GradientScaling;
import dev.kiln.report.RunReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
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
    description = {
      "Shows loss, accuracy and the figures of every class of a trained model.",
      "Writes its predictions (CSV), its metrics (JSON) and a report to look at (HTML)."
    },
    footer = {
      "",
      "Examples:",
      "  kiln evaluate runs/RUN                     on the test set it was not trained on",
      "  kiln evaluate runs/RUN --part validation",
      "  kiln evaluate runs/RUN --data csv --data-dir other.csv",
      "  kiln evaluate runs/RUN --positive malignant --threshold 0.3",
      "  kiln evaluate runs/RUN --threshold f1      the best threshold on the validation part",
      "  kiln evaluate runs/RUN --charts charts     every chart as an SVG file",
      "  kiln evaluate runs/RUN --json"
    })
final class EvaluateCommand implements Callable<Integer> {

  @Mixin private RunOptions run;
  @Mixin private ExaminationOptions options;
  @Mixin private ThresholdOptions threshold;

  @Option(
      names = "--beam",
      paramLabel = "WIDTH",
      description =
          "How many beginnings the search for a sequence follows; 1 takes the most probable sign at"
              + " every step. Default: 5.")
  private @Nullable Integer beam;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where the files are written. Default: evaluation-PART in the run's folder.")
  private @Nullable Path out;

  @Option(
      names = "--charts",
      paramLabel = "FOLDER",
      description = "Also write every chart of the report as an SVG file.")
  private @Nullable Path charts;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    int batch = options.batch();
    PartOptions part = options.part();
    Path checkpoint = run.checkpoint();
    try (Backend backend = run.openBackend().backend();
        TrainedModel model = TrainedModel.open(checkpoint, backend)) {
      Task task = model.description().task();
      threshold.check(task);
      LoadedDataset data = part.load(model.description(), RunRecord.of(checkpoint));
      Dataset samples = part.of(data.split());
      Examination examination = examine(model.withBeam(beam), samples, batch);
      Decision decision = decision(model, data.split(), batch);
      RunRecord record = RunRecord.of(checkpoint);
      List<Epoch> history = record.history();
      EvaluationSummary summary =
          new EvaluationSummary(
              checkpoint.toString(),
              data.name(),
              part.name(),
              examination,
              decision,
              examination.results(decision),
              task.baselines(data.split(), samples),
              GradientScaling.after(history));
      RunReport report =
          new RunReport(
              record.folder().name(),
              summary.subject() + ", weights of " + checkpoint.getFileName(),
              record.facts(backend),
              record.followed(),
              history,
              RunRecord.layers(model.learner()),
              summary.results());
      Path folder = out == null ? record.evaluation(data.name(), part.name()) : out;
      List<Path> files = new EvaluationFiles(folder).write(summary, report);
      if (charts != null) {
        RunFolder.make(charts, "--charts");
        ChartFiles.write(report, charts);
      }
      print(summary, files);
    }
    return ExitCode.OK;
  }

  private Examination examine(TrainedModel model, Dataset samples, int batch) {
    PrintWriter watched = spec.commandLine().getErr();
    try (ExaminationProgress progress = new ExaminationProgress(watched, "")) {
      return Examination.of(model.learner(), model.description().task(), samples, batch, progress);
    }
  }

  /** A threshold that is to be the best by a metric is chosen by samples that are not judged. */
  private Decision decision(TrainedModel model, DataSplit split, int batch) {
    return threshold.decision(
        model.description().task(), () -> examine(model, split.validation(), batch));
  }

  private void print(EvaluationSummary summary, List<Path> files) throws IOException {
    PrintWriter printed = spec.commandLine().getOut();
    if (options.json()) {
      Json.print(printed, summary.toMap());
    } else {
      printed.println("%s on %s%n".formatted(summary.checkpoint(), summary.subject()));
      printed.print(summary.render());
      printed.println();
      for (Path file : files) {
        printed.println("written: " + file);
      }
      if (charts != null) {
        printed.println("charts:  " + charts);
      }
    }
    printed.flush();
  }
}
