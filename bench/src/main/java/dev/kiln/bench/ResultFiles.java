package dev.kiln.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bench.report.JsonReport;
import dev.kiln.bench.report.MarkdownReport;
import dev.kiln.bench.report.Report;
import dev.kiln.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A report as files: one for programs, and a page for people beside it. */
final class ResultFiles {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ResultFiles() {}

  /** Returns the page beside a file for programs. */
  static Path page(Path json) {
    return json.resolveSibling(json.getFileName().toString().replaceFirst("\\.json$", "") + ".md");
  }

  /** Writes both files, each in one step. */
  static void write(Path json, Report report) throws IOException {
    Path folder = json.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    write(
        json,
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JsonReport.tree(report)) + "\n");
    write(page(json), String.join("\n", MarkdownReport.lines(report)) + "\n");
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }
}
