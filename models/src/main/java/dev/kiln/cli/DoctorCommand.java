package dev.kiln.cli;

import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Backends;
import dev.kiln.backend.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln doctor}: what a backend needs, what is missing, and the command that mends it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = {
      "Looks at everything that the backends need, drivers, libraries, versions, and names what is"
          + " missing with the command that mends it.",
      "The exit code is 0 only if the backend asked for, or any at all, can be used."
    },
    footer = {
      "",
      "Examples:",
      "  kiln doctor                   every backend",
      "  kiln doctor --backend cuda    what is missing to train on an NVIDIA GPU",
      "  kiln doctor --json"
    })
final class DoctorCommand implements Callable<Integer> {

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Look at this backend alone. Default: all of them.")
  private @Nullable String backend;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Map<String, List<Finding>> findings = new LinkedHashMap<>();
    for (BackendProvider provider : chosen()) {
      findings.put(provider.name(), provider.examine());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(
          out, Map.of("backends", findings.entrySet().stream().map(DoctorCommand::toMap).toList()));
    } else {
      findings.forEach((name, found) -> print(out, name, found));
      out.flush();
    }
    return findings.values().stream().anyMatch(DoctorCommand::isUsable)
        ? ExitCode.OK
        : ExitCode.SOFTWARE;
  }

  private List<BackendProvider> chosen() {
    List<BackendProvider> all = Backends.providers();
    String wanted = backend;
    if (wanted == null) {
      return all;
    }
    List<BackendProvider> named =
        all.stream().filter(provider -> provider.name().equals(wanted)).toList();
    if (named.isEmpty()) {
      throw new UsageException(
          "there is no backend '%s'; on the class path are %s"
              .formatted(wanted, all.stream().map(BackendProvider::name).toList()));
    }
    return named;
  }

  private static boolean isUsable(List<Finding> findings) {
    return findings.stream().allMatch(finding -> finding.state() == Finding.State.PRESENT);
  }

  private static void print(PrintWriter out, String name, List<Finding> findings) {
    out.println("%s: %s".formatted(name, isUsable(findings) ? "can be used" : "cannot be used"));
    for (Finding finding : findings) {
      out.println(
          "  %-8s %s: %s"
              .formatted(
                  NamedConstants.name(finding.state()), finding.subject(), finding.detail()));
      finding.remedy().lines().forEach(line -> out.println("           -> " + line));
    }
    out.println();
  }

  private static Map<String, Object> toMap(Map.Entry<String, List<Finding>> entry) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", entry.getKey());
    values.put("usable", isUsable(entry.getValue()));
    values.put("findings", entry.getValue().stream().map(DoctorCommand::toMap).toList());
    return values;
  }

  private static Map<String, Object> toMap(Finding finding) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("subject", finding.subject());
    values.put("state", NamedConstants.name(finding.state()));
    values.put("detail", finding.detail());
    if (!finding.remedy().isEmpty()) {
      values.put("remedy", finding.remedy());
    }
    return values;
  }
}
