package dev.kiln.cli;

import dev.kiln.datasets.Catalogue;
import dev.kiln.datasets.CatalogueEntry;
import dev.kiln.datasets.DataFolders;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln data}: what data sets there are, where they are looked for, and how to get them. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    subcommands = DataGetCommand.class,
    description = "Shows what data sets there are, whether they are here, and how to get them.",
    footer = {
      "",
      "Examples:",
      "  kiln data",
      "  kiln data --data-dir /mnt/data         what is found there",
      "  kiln data get fashion-mnist            downloads it into the cache"
    })
final class DataCommand implements Callable<Integer> {

  @Option(
      names = "--data-dir",
      paramLabel = "PATH",
      description = "Look here instead of in the usual places.")
  private @Nullable String dataDir;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    DataFolders folders = DataFiles.folders(dataDir);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<Map<String, Object>> entries =
          Catalogue.entries().stream().map(entry -> toMap(entry, folders)).toList();
      Json.print(out, Map.of("data", entries));
      return ExitCode.OK;
    }
    for (CatalogueEntry entry : Catalogue.entries()) {
      print(out, entry, folders);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void print(PrintWriter out, CatalogueEntry entry, DataFolders folders) {
    boolean present = entry.isPresent(folders);
    out.println("%-14s %s".formatted(entry.name(), entry.summary()));
    out.println("%-14s %s".formatted("", entry.examples()));
    if (present) {
      out.println(
          "%-14s here%s"
              .formatted(
                  "",
                  entry.found(folders).map(path -> ": " + path).orElse("; " + entry.howToGet())));
    } else {
      List<Path> places = entry.searched(folders);
      if (!places.isEmpty()) {
        out.println(
            "%-14s not here; looked in %s"
                .formatted(
                    "", places.stream().map(Path::toString).collect(Collectors.joining(", "))));
      }
      out.println("%-14s %s".formatted("", entry.howToGet()));
      entry
          .download()
          .ifPresent(download ->
              out.println(
                  "%-14s kiln data get %s downloads %,d bytes"
                      .formatted("", entry.name(), download.bytes())));
    }
    out.println();
  }

  private static Map<String, Object> toMap(CatalogueEntry entry, DataFolders folders) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", entry.name());
    values.put("summary", entry.summary());
    values.put("examples", entry.examples());
    values.put("present", entry.isPresent(folders));
    entry.found(folders).ifPresent(path -> values.put("found", path.toString()));
    values.put("searched", entry.searched(folders).stream().map(Path::toString).toList());
    values.put("how-to-get", entry.howToGet());
    entry.download().ifPresent(download -> values.put("download-bytes", download.bytes()));
    return values;
  }
}
