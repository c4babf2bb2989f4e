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

  /**
   * Creates the folder of the files, before hours are spent on what they are to hold.
   *
   * @throws IOException if they cannot be written there
   */
  static void check(Path json) throws IOException {
    Path folder = json.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(json)) {
      throw new IOException("cannot write %s: it is a folder; name a file".formatted(json));
    }
    Files.createDirectories(folder);
    Files.delete(Files.createTempFile(folder, ".kiln-bench", ".part"));
  }

  /** Writes both files, each in one step, into the folder that was checked. */
  static void write(Path json, Report report) throws IOException {
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
