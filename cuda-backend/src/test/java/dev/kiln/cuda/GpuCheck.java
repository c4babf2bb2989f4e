package dev.kiln.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.backend.Backend;
import dev.kiln.backend.BackendProvider;
import dev.kiln.backend.Finding;
import dev.kiln.cpu.onednn.OneDnnProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * A part of what {@code gpu-check.sh} runs on a machine with a GPU, in a process of its own: what
 * is found of the machine, the contract with the golden cases, or the cross-backend trainings. It
 * prints its results for people and writes them to a file for programs.
 */
final class GpuCheck {

  private static final String STAND_IN = "cuda-on-host";
  private static final int WARM_UP = 20;

  private final BackendProvider cuda = new CudaProvider();
  private final int steps;
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  private GpuCheck(int steps) {
    this.steps = steps;
  }

  /**
   * Runs a part; ends with 0 if nothing failed, else with 1.
   *
   * @param args the part: machine, contract or training; the file to write; of the trainings the
   *     number of steps
   */
  public static void main(String[] args) throws IOException {
    GpuCheck check = new GpuCheck(args.length > 2 ? Integer.parseInt(args[2]) : 50);
    Optional<String> reason = check.cuda.unavailableReason();
    reason.ifPresent(check::fail);
    switch (args[0]) {
      case "machine" -> check.machine();
      case "contract" -> {
        if (reason.isEmpty()) {
          check.contract();
        }
      }
      case "training" -> {
        if (reason.isEmpty()) {
          check.training();
        }
      }
      default -> throw new IllegalArgumentException("there is no part " + args[0]);
    }
    check.results.put("failures", check.failures);
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(Path.of(args[1]).toFile(), check.results);
    System.exit(check.failures.isEmpty() ? 0 : 1);
  }

  private static void say(String text) {
    System.out.println(text);
    System.out.flush();
  }

  private void fail(String what) {
    failures.add(what);
    say("FAILED " + what);
  }

  private void machine() {
    List<Map<String, String>> findings = new ArrayList<>();
    for (Finding finding : cuda.examine()) {
      say("%s: %s, %s".formatted(finding.subject(), finding.state(), finding.detail()));
      finding.remedy().lines().forEach(line -> say("  -> " + line));
      findings.add(
          Map.of(
              "subject", finding.subject(),
              "state", finding.state().name(),
              "detail", finding.detail()));
    }
    results.put("findings", findings);
    if (failures.isEmpty()) {
      try (Backend backend = cuda.open(0)) {
        say(
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
    launcher.execute(request, listener, new TestProgress(GpuCheck::say));
    TestExecutionSummary summary = listener.getSummary();
    long skipped = summary.getTestsSkippedCount() + summary.getTestsAbortedCount();
    say(
        "contract and golden cases: %d passed, %d failed, %d skipped"
            .formatted(summary.getTestsSucceededCount(), summary.getTestsFailedCount(), skipped));
    results.put("passed", summary.getTestsSucceededCount());
    results.put("failed", summary.getTestsFailedCount());
    results.put("skipped", skipped);
    summary
        .getFailures()
        .forEach(failure ->
            fail(
                "%s: %s"
                    .formatted(
                        failure.getTestIdentifier().getDisplayName(), failure.getException())));
    if (summary.getTestsSucceededCount() == 0) {
      fail("no test ran");
    }
  }

  private void training() {
    List<Map<String, Object>> trainings = new ArrayList<>();
    Stream.concat(ComparedTraining.convolutional().stream(), ComparedTraining.recurrent().stream())
        .forEach(training -> {
          try {
            trainings.add(train(training));
          } catch (RuntimeException failed) {
            // Whatever goes wrong in one is told, and the next one begins.
            fail("%s: %s".formatted(training.name(), failed));
          }
        });
    results.put("steps", steps);
    results.put("trainings", trainings);
  }

  private Map<String, Object> train(ComparedTraining training) {
    List<Double> got = training.losses(cuda, steps);
    List<Double> want = training.losses(new OneDnnProvider(), steps);
    double largest = CrossBackendContract.largestDifference(got, want);
    boolean repeats = got.equals(training.losses(cuda, steps));
    double onGpu = training.millisecondsPerStep(cuda, Math.min(WARM_UP, steps), 4 * steps);
    double onCpu =
        training.millisecondsPerStep(new OneDnnProvider(), Math.min(WARM_UP, steps), steps);
    say(
        "%s, batch %d: %d steps, losses differ from onednn's by %.1e at most, two runs give %s bits; %.3f ms a step, onednn %.3f ms"
            .formatted(
                training.name(),
                training.batch(),
                steps,
                largest,
                repeats ? "the same" : "OTHER",
                onGpu,
                onCpu));
    if (!(largest <= CrossBackendContract.TOLERANCE)) {
      fail("%s: the losses differ by %s from onednn's".formatted(training.name(), largest));
    }
    if (!repeats) {
      fail(training.name() + ": two runs from the same seed give other bits");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("name", training.name());
    result.put("batch", training.batch());
    result.put("largest-difference", largest);
    result.put("repeats-its-bits", repeats);
    result.put("cuda-milliseconds-per-step", onGpu);
    result.put("onednn-milliseconds-per-step", onCpu);
    return result;
  }
}
