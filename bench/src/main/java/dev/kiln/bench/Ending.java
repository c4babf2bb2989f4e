package dev.kiln.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is left to do when a comparison ends, of itself or by an interruption: a folder of files
 * that nobody needs any longer is deleted, and who interrupts is told what has been kept.
 */
final class Ending implements AutoCloseable {

  private final Path scratch;
  private final Thread hook;

  /**
   * Begins to listen.
   *
   * @param scratch the folder that is deleted
   * @param err where the user is told
   * @param kept says what has been kept
   */
  Ending(Path scratch, PrintWriter err, Supplier<String> kept) {
    this.scratch = scratch;
    this.hook =
        new Thread(
            () -> {
              err.println("%nkiln bench: interrupted; %s".formatted(kept.get()));
              err.flush();
              delete();
            },
            "kiln-bench-ending");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Files that are still being written, or are gone already, stay or go without a word. */
  private void delete() {
    try (Stream<Path> files = Files.walk(scratch)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException busy) {
      scratch.toFile().deleteOnExit();
    }
  }

  @Override
  public void close() {
    try {
      if (Runtime.getRuntime().removeShutdownHook(hook)) {
        delete();
      }
    } catch (IllegalStateException interruptedJustNow) {
      // The hook does the rest; the process ends with it.
      Thread.currentThread().interrupt();
    }
  }
}
