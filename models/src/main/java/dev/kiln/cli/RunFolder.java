package dev.kiln.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * The folder of one training: its configuration, its history, its best and its last checkpoint.
 *
 * @param path the folder
 */
record RunFolder(Path path) {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** Returns a folder that does not exist yet, named after model, data and the present time. */
  static RunFolder named(String model, String data) {
    String name =
        "%s-%s-%s".formatted(model, data, TIME.format(LocalDateTime.now(ZoneId.systemDefault())));
    Path runs = Path.of("runs");
    Path path = runs.resolve(name);
    for (int i = 2; Files.exists(path); i++) {
      path = runs.resolve(name + "-" + i);
    }
    return new RunFolder(path);
  }

  /**
   * Checks that no run is there.
   *
   * @throws UsageException if the folder holds one
   */
  RunFolder requireFree() {
    if (exists()) {
      throw new UsageException(
          "%s holds a run already: continue it with --resume %s, or name another folder with --run-dir"
              .formatted(path, path));
    }
    return this;
  }

  /**
   * Makes the folder where it is missing and writes the configuration.
   *
   * @throws IOException if that cannot be done
   */
  void prepare(RunConfig config) throws IOException {
    make(path, "--run-dir");
    write(config(), Json.text(config) + "\n");
  }

  /**
   * Makes a folder where it is missing.
   *
   * @param option the option by which another one can be named
   * @throws IOException if that cannot be done
   */
  static void make(Path path, String option) throws IOException {
    try {
      Files.createDirectories(path);
    } catch (FileAlreadyExistsException file) {
      throw new IOException(
          "cannot make the folder %s: %s is a file".formatted(path, file.getFile()), file);
    } catch (FileSystemException refused) {
      String reason = refused.getReason() == null ? "permission denied" : refused.getReason();
      throw new IOException(
          "cannot make the folder %s: %s; name another one with %s".formatted(path, reason, option),
          refused);
    }
  }

  /** Returns the name of the run. */
  String name() {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  /** Returns whether a run is there. */
  boolean exists() {
    return Files.exists(config());
  }

  /**
   * Checks that a run is there.
   *
   * @throws UsageException if the folder is missing or holds no run
   */
  RunFolder require() {
    if (!exists()) {
      throw new UsageException(
          Files.isDirectory(path)
              ? path + " is not the folder of a run: it has no config.json"
              : "there is no run folder " + path);
    }
    return this;
  }

  /** Reads the configuration. */
  ObjectNode readConfig() throws IOException {
    return ConfigLayers.read(config());
  }

  /** Replaces a text file in one step. */
  static void write(Path file, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    AtomicFile.write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  private Path config() {
    return path.resolve("config.json");
  }

  /** Returns what the training ran on. */
  Path environment() {
    return path.resolve("environment.json");
  }

  /** Returns the history as a table. */
  Path historyCsv() {
    return path.resolve("history.csv");
  }

  /** Returns the history as a JSON object per line. */
  Path historyJsonl() {
    return path.resolve("history.jsonl");
  }

  /** Returns the times of the nodes of a step, where they were taken. */
  Path profileCsv() {
    return path.resolve("profile.csv");
  }

  /** Returns the timeline of the last steps, where it was taken. */
  Path trace() {
    return path.resolve("trace.json");
  }

  /** Returns the checkpoint of the epoch that was best on the validation set. */
  Path best() {
    return path.resolve("best.safetensors");
  }

  /** Returns the checkpoint to continue from. */
  Path last() {
    return path.resolve("last.safetensors");
  }
}
