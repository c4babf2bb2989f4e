package dev.kiln.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * A part of what {@code gpu-check.sh} runs on a machine with a GPU, in a process of its own: what
 * is found of the machine, or the contract with the golden cases.
 */
final class GpuCheck {

  private static final String STAND_IN = "cuda-on-host";
  private final BackendProvider cuda = new CudaProvider();
  private final CheckResults results = new CheckResults();

  private GpuCheck() {}

  /**
   * Runs a part; ends with 0 if nothing failed, else with 1.
   *
   * @param args the part: machine or contract; the file to write
   */
  public static void main(String[] args) throws IOException {
    GpuCheck check = new GpuCheck();
    check.run(args[0]);
    check.results.write(Path.of(args[1]));
    System.exit(check.results.exitCode());
  }

  private void run(String part) {
    Optional<String> reason = cuda.unavailableReason();
    reason.ifPresent(results::fail);
    switch (part) {
      case "machine" -> machine();
      case "contract" -> {
        if (reason.isEmpty()) {
          contract();
        }
      }
      default -> throw new IllegalArgumentException("there is no part " + part);
    }
  }

  private void machine() {
    List<Map<String, String>> findings = new ArrayList<>();
    for (Finding finding : cuda.examine()) {
      results.say("%s: %s, %s".formatted(finding.subject(), finding.state(), finding.detail()));
      finding.remedy().lines().forEach(line -> results.say("  -> " + line));
      findings.add(
          Map.of(
              "subject", finding.subject(),
              "state", finding.state().name(),
              "detail", finding.detail()));
    }
    results.put("findings", findings);
    if (results.exitCode() == 0) {
      try (Backend backend = cuda.open(0)) {
        results.say(
            "backend: %s; %,d bytes free"
                .formatted(backend.description(), backend.availableBytes()));
        results.put("backend", backend.description());
        results.put("available-bytes", backend.availableBytes());
        results.put("stand-in", backend.description().contains(STAND_IN));
      }
    }
  }

  private void contract() {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                selectClass(GpuContractIsolatedTest.class),
                selectClass(GpuMixedPrecisionIsolatedTest.class),
                selectClass(GpuSubmissionIsolatedTest.class))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(request, listener, new TestProgress(results::say));
    TestExecutionSummary summary = listener.getSummary();
    long skipped = summary.getTestsSkippedCount() + summary.getTestsAbortedCount();
    results.say(
        "contract and golden cases: %d passed, %d failed, %d skipped"
            .formatted(summary.getTestsSucceededCount(), summary.getTestsFailedCount(), skipped));
    results.put("passed", summary.getTestsSucceededCount());
    results.put("failed", summary.getTestsFailedCount());
    results.put("skipped", skipped);
    summary
        .getFailures()
        .forEach(failure ->
            results.fail(
                "%s: %s"
                    .formatted(
                        failure.getTestIdentifier().getDisplayName(), failure.getException())));
    if (summary.getTestsSucceededCount() == 0) {
      results.fail("no test ran");
    }
  }
}
