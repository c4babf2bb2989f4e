package dev.kiln.cli;

import dev.kiln.datasets.CatalogueEntry;
import dev.kiln.datasets.DataFolders;
import dev.kiln.datasets.Download;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kiln data get}: downloads a data set whose checksums are known. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = "Downloads a data set. Every file must have the SHA-256 that Kiln expects.",
    footer = {
      "",
      "Examples:",
      "  kiln data get fashion-mnist",
      "  kiln data get fashion-mnist --data-dir ~/data     and later: kiln train --data-dir ~/data"
    })
final class DataGetCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "NAME", description = "The data set, see 'kiln data'.")
  private String name;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description = "Where to put it. Default: the cache, where it is found without --data-dir.")
  private @Nullable String dataDir;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CatalogueEntry entry = DataFiles.entry(name);
    DataFolders folders = DataFiles.folders(dataDir);
    PrintWriter out = spec.commandLine().getOut();
    Optional<Path> found = entry.found(folders);
    if (entry.isPresent(folders)) {
      out.println(
          "%s is here already%s"
              .formatted(name, found.map(path -> ": " + path).orElse("; it comes with Kiln")));
      out.flush();
      return ExitCode.OK;
    }
    Download download =
        entry
            .download()
            .orElseThrow(() ->
                new UsageException(
                    "Kiln cannot download %s. %s".formatted(name, entry.howToGet())));
    Path folder = folders.chosen().orElse(folders.cache()).resolve(name);
    out.println("downloads %,d bytes to %s".formatted(download.bytes(), folder));
    out.flush();
    new Received(out, download.bytes()).run(download, folder);
    out.println("%s is complete, its checksums are right".formatted(name));
    out.flush();
    return ExitCode.OK;
  }

  /** Counts what has arrived and says so at every tenth. */
  private static final class Received {

    private static final int PARTS = 10;

    private final PrintWriter out;
    private final long all;
    private long bytes;

    Received(PrintWriter out, long all) {
      this.out = out;
      this.all = all;
    }

    void run(Download download, Path folder) throws IOException {
      download.into(folder, this::add);
    }

    private void add(long count) {
      long partBefore = bytes * PARTS / all;
      bytes += count;
      if (bytes * PARTS / all > partBefore) {
        out.println("  %3d%%  %,d bytes".formatted(100 * bytes / all, bytes));
        out.flush();
      }
    }
  }
}
