package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Backends;
import dev.kiln.backend.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln devices}: what can compute on this machine, and what cannot and why. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description =
        "Shows every backend: what it runs on and its memory, or why this machine cannot run it.",
    footer = {"", "Examples:", "  kiln devices", "  kiln devices --json"})
final class DevicesCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Map<String, Object>> devices =
        Backends.providers().stream().map(DevicesCommand::describe).toList();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Json.print(out, Map.of("backends", devices));
      return ExitCode.OK;
    }
    for (Map<String, Object> device : devices) {
      if (device.get("available-bytes") instanceof Long bytes
          && device.get("precisions") instanceof List<?> precisions) {
        out.println("%-10s %s".formatted(device.get("name"), device.get("description")));
        out.println(
            "%-10s computes in %s; %,d bytes can be allocated"
                .formatted(
                    "",
                    precisions.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                    bytes));
      } else {
        out.println("%-10s not available: %s".formatted(device.get("name"), device.get("reason")));
      }
    }
    out.println();
    out.println("The first one available is used unless --backend names another.");
    out.flush();
    return ExitCode.OK;
  }

  private static Map<String, Object> describe(BackendProvider provider) {
    Map<String, Object> device = new LinkedHashMap<>();
    device.put("name", provider.name());
    Optional<String> reason = provider.unavailableReason();
    device.put("available", reason.isEmpty());
    if (reason.isPresent()) {
      device.put("reason", reason.get());
    } else {
      try (Backend backend = provider.open(0)) {
        device.put("description", backend.description());
        device.put("precisions", provider.precisions().stream().map(Precision::toString).toList());
        device.put("available-bytes", backend.availableBytes());
      }
    }
    return device;
  }
}
