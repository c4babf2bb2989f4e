package dev.kiln.cli;

import dev.kiln.backend.Backend;
import dev.kiln.check.CaseResult;
import dev.kiln.check.CaseResult.Outcome;
import dev.kiln.check.Deviation;
import dev.kiln.check.GoldenReport;
import dev.kiln.check.GoldenSuite;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kiln check}: whether a backend computes what other software computes. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = KilnVersion.class,
    sortOptions = false,
    description = {
      "Compares every operation, forward and gradients, with results that other software computed.",
      "The exit code is 0 only if no case failed."
    },
    footer = {
      "",
      "Examples:",
      "  kiln check                              the preferred backend",
      "  kiln check --backend reference",
      "  kiln check --cases my-cases --json      cases of your own, as safetensors files"
    })
final class CheckCommand implements Callable<Integer> {

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What computes, see 'kiln devices'. Default: the preferred one available.")
  private @Nullable String backend;

  @Option(
      names = "--device",
      paramLabel = "N",
      defaultValue = "0",
      description = "Which of the backend's devices. Default: 0.")
  private int device;

  @Option(
      names = "--cases",
      paramLabel = "FOLDER",
      description = "The folder of the cases. Default: those that come with Kiln.")
  private @Nullable Path cases;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    GoldenSuite suite = cases == null ? GoldenSuite.shipped() : GoldenSuite.in(cases);
    try (Backend opened = BackendChoice.open(backend, device).backend()) {
      PrintWriter out = spec.commandLine().getOut();
      if (!json) {
        out.println("%s: %s%n".formatted(opened.name(), opened.description()));
        out.flush();
      }
      GoldenReport report = suite.run(opened);
      if (json) {
        Json.print(out, toMap(opened.name(), report));
      } else {
        report.lines().forEach(out::println);
        out.flush();
      }
      return report.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private static Map<String, Object> toMap(String backendName, GoldenReport report) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("backend", backendName);
    values.put("passed", report.count(Outcome.PASSED));
    values.put("failed", report.count(Outcome.FAILED));
    values.put("skipped", report.count(Outcome.SKIPPED));
    values.put("cases", report.results().stream().map(CheckCommand::toMap).toList());
    return values;
  }

  private static Map<String, Object> toMap(CaseResult result) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("operation", result.operation());
    values.put("name", result.name());
    values.put("outcome", NamedConstants.name(result.outcome()));
    if (result.worst().isPresent()) {
      Deviation worst = result.worst().get();
      values.put("tensor", worst.tensor());
      values.put("error", worst.error());
      values.put("allowed", worst.allowed());
    }
    if (!result.message().isEmpty()) {
      values.put("message", result.message());
    }
    return values;
  }
}
