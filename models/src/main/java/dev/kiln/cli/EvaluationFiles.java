package dev.kiln.cli;

import dev.kiln.evaluation.PredictionsCsv;
import dev.kiln.report.RunReport;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder of one evaluation: its predictions, its metrics and its report.
 *
 * @param path the folder
 */
record EvaluationFiles(Path path) {

  /** Writes every file, each in one step, and returns them. */
  List<Path> write(EvaluationSummary summary, RunReport report) throws IOException {
    RunFolder.make(path, "--out");
    List<Path> written = new ArrayList<>();
    StringWriter predictions = new StringWriter();
    PredictionsCsv.write(summary.examination(), summary.decision(), predictions);
    written.add(write("predictions.csv", predictions.toString()));
    written.add(write("metrics.json", Json.text(summary.toMap()) + "\n"));
    written.add(write("report.html", report.toHtml()));
    return written;
  }

  private Path write(String name, String text) throws IOException {
    Path file = path.resolve(name);
    RunFolder.write(file, text);
    return file;
  }
}
