package dev.kiln.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Finding;
import dev.kiln.cpu.onednn.OneDnnProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * What {@code gpu-check.sh} runs on a machine with a GPU: the contract with the golden cases, the
 * cross-backend trainings, and the time of their steps. It writes one file of results.
 */
final class GpuCheck {

  private static final int WARM_UP = 20;
  private static final int STEPS = 200;

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);
  private boolean failed;

  private GpuCheck() {}

  /**
   * Runs the check.
   *
   * @param args the file to write
   */
  public static void main(String[] args) throws IOException {
    GpuCheck check = new GpuCheck();
    check.run();
    Files.writeString(Path.of(args[0]), check.text.toString());
    System.out.print(check.text);
    System.exit(check.failed ? 1 : 0);
  }

  private void run() {
    out.println("date: " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
    BackendProvider provider = new CudaProvider();
    for (Finding finding : provider.examine()) {
      out.println("%s: %s, %s".formatted(finding.subject(), finding.state(), finding.detail()));
    }
    if (provider.unavailableReason().isPresent()) {
      failed = true;
      out.println("not run: " + provider.unavailableReason().get());
      return;
    }
    try (Backend backend = provider.open(0)) {
      out.println("backend: " + backend.description());
    }
    test("contract and golden cases", GpuContractIsolatedTest.class);
    test("50 steps against onednn, and twice to the same bits", GpuTrainingIsolatedTest.class);
    Stream.concat(ComparedTraining.convolutional().stream(), ComparedTraining.recurrent().stream())
        .forEach(this::time);
  }

  private void test(String title, Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    out.println(
        "%s: %d passed, %d failed, %d skipped"
            .formatted(
                title,
                summary.getTestsSucceededCount(),
                summary.getTestsFailedCount(),
                summary.getTestsSkippedCount() + summary.getTestsAbortedCount()));
    failed |= summary.getTotalFailureCount() > 0 || summary.getTestsSucceededCount() == 0;
    summary
        .getFailures()
        .forEach(failure ->
            out.println(
                "  FAILED %s: %s"
                    .formatted(
                        failure.getTestIdentifier().getDisplayName(), failure.getException())));
  }

  private void time(ComparedTraining training) {
    out.println(
        "time of a step, %s, batch %d: cuda %.3f ms, onednn %.3f ms"
            .formatted(
                training.name(),
                training.batch(),
                training.millisecondsPerStep(new CudaProvider(), WARM_UP, STEPS),
                training.millisecondsPerStep(new OneDnnProvider(), WARM_UP, STEPS)));
  }
}
